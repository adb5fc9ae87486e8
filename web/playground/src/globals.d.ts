/** The examples are files of their own, so that editors and the schema check can read them; esbuild gives their text. */
declare module "*.graphql" {
  const text: string;
  export default text;
}
declare module "*.css";
