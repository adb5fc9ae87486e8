import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Address } from "./client.ts";
import { freePort } from "./services.ts";
import { temporaryFolder, type Server } from "./server.ts";
import { until } from "./until.ts";

/** An nginx with the site of deploy/nginx.conf, in front of two instances. */
export interface Nginx extends Address {
  close(): Promise<void>;
}

export async function startNginx(instances: readonly [Server, Server]): Promise<Nginx> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const site = await readFile(new URL("../../deploy/nginx.conf", import.meta.url), "utf8");
  const replaced = site
    .replace("listen 80;", `listen 127.0.0.1:${port};`)
    .replace("tandem-1:8080", new URL(instances[0].http).host)
    .replace("tandem-2:8080", new URL(instances[1].http).host);
  await writeFile(join(folder.path, "site.conf"), replaced);
  await writeFile(join(folder.path, "nginx.conf"), `
    daemon off; pid nginx.pid; worker_processes 1; error_log stderr warn; ${process.getuid?.() === 0 ? "user root;" : ""}
    events { worker_connections 1024; }
    http {
      access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
      include site.conf;
    }`);
  const nginx = spawn("nginx", ["-p", folder.path, "-c", "nginx.conf"], { stdio: ["ignore", "inherit", "inherit"] });
  const kill = () => nginx.kill("SIGKILL");
  process.once("exit", kill);
  await until("answer through nginx", async () => {
    if (nginx.exitCode !== null) throw new Error(`nginx ended with ${nginx.exitCode}`);
    return fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.ok, () => false);
  });
  return {
    http: `http://127.0.0.1:${port}/graphql`,
    ws: `ws://127.0.0.1:${port}/graphql`,
    async close() {
      process.off("exit", kill);
      nginx.kill("SIGTERM");
      if (nginx.exitCode === null) await once(nginx, "exit");
      await folder.remove();
    },
  };
}
