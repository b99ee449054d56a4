import { createReadStream, existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { inputError } from "../../index.ts";
import { FaultGatherer } from "../faults.ts";
import { wholeNumber } from "../terminal/options.ts";

export interface ServeOptions {
  readonly port: string;
  readonly host: string;
  readonly isolation: boolean;
}

/** The bundle lies in dist/, the playground beside it. */
const PLAYGROUND = fileURLToPath(new URL("playground", import.meta.url));
const MOST_PORT = 65_535;
const EXIT_SIGINT = 130;

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** Pages with these headers may share memory between threads. */
const ISOLATION = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Serves the playground until SIGINT or SIGTERM; its address goes to stdout. @throws InputError when it cannot listen. */
export async function serveCommand({ port: text, host, isolation }: ServeOptions): Promise<number> {
  const faults = new FaultGatherer();
  const port = wholeNumber("port", text, 0, faults);
  if (port !== undefined && port > MOST_PORT) faults.add("--port", `integer in 0..${MOST_PORT}`, text);
  if (!existsSync(PLAYGROUND)) faults.add("sre serve", "the playground in the package", "none (npm run build)");
  faults.throwIfAny();
  const server = createServer((request, response) => void answer(PLAYGROUND, isolation, request, response));
  await listen(server, port!, host);
  const { address, port: taken, family } = server.address() as AddressInfo;
  const ended = new Promise<number>((resolve) => {
    const end = (code: number) => (): void => {
      server.closeAllConnections();
      server.close(() => resolve(code));
    };
    process.once("SIGINT", end(EXIT_SIGINT));
    process.once("SIGTERM", end(0));
  });
  // Who reads the address may end the program at once.
  process.stdout.write(`http://${family === "IPv6" ? `[${address}]` : address}:${taken}/\n`);
  return ended;
}

async function answer(
  folder: string,
  isIsolated: boolean,
  { method, url = "/" }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = { ...(isIsolated ? ISOLATION : {}), "Cross-Origin-Resource-Policy": "same-origin" };
  const refuse = (status: number, reason: string): void => {
    response.writeHead(status, { ...headers, "Content-Type": "text/plain; charset=utf-8" }).end(`${reason}\n`);
  };
  if (method !== "GET" && method !== "HEAD") return refuse(405, "only GET and HEAD");
  const path = pathOf(folder, url);
  const found = path === null ? null : await stat(path).catch(() => null);
  if (path === null || found === null || !found.isFile()) return refuse(404, "no such file");
  response.writeHead(200, {
    ...headers,
    "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
    "Content-Length": found.size,
    "Cache-Control": "no-cache",
  });
  if (method === "HEAD") return void response.end();
  createReadStream(path)
    .on("error", () => response.destroy())
    .pipe(response);
}

/** null for what is not in the folder. */
function pathOf(folder: string, url: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(url.replace(/[?#].*$/s, ""));
  } catch {
    return null;
  }
  if (decoded.includes("\0") || decoded.includes("\\")) return null;
  const path = normalize(join(folder, decoded.endsWith("/") ? `${decoded}index.html` : decoded));
  return path.startsWith(folder + sep) ? path : null;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const got = error.code === "EADDRINUSE" ? "one that is taken" : (error.code ?? error.message);
      reject(inputError(`--port ${port} on ${host}`, "a port to listen at", got, error));
    });
    server.listen(port, host, resolve);
  });
}
