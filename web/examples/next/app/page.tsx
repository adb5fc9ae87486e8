import { signIn } from "../auth";

/** Signs in as a person, and goes to the page that was asked for. */
export default async function SignIn({ searchParams }: { searchParams: Promise<{ to?: string }> }) {
  const { to = "/" } = await searchParams;
  const enter = async (form: FormData) => {
    "use server";
    await signIn("credentials", { person: form.get("person"), redirectTo: to });
  };
  return (
    <form action={enter}>
      <button name="person" value="ada">Ada</button>
      <button name="person" value="ben">Ben</button>
    </form>
  );
}
