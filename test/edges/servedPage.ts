import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";

export const browserPath = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => join("/usr/bin", name))
  .find((path) => existsSync(path));

const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath!, args: FLAGS.split(" ") });
}

/** A server of some folders, the first that has a file; with the headers that isolate a page, or without. */
export interface StaticServer {
  readonly url: string;
  close(): void;
}

export async function serveFolders(folders: readonly string[], isIsolated: boolean): Promise<StaticServer> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url!, "http://localhost").pathname));
    const isolation = {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    };
    const file = folders
      .map((folder) => join(folder, path))
      .find((name) => statSync(name, { throwIfNoEntry: false })?.isFile());
    if (path === "/" || path === "/favicon.ico") {
      response.writeHead(200, { "Content-Type": "text/html", ...(isIsolated ? isolation : {}) });
      response.end("<!doctype html><link rel=icon href=data:,><title>test</title>");
    } else if (file === undefined) {
      response.writeHead(404).end();
    } else {
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { "Content-Type": type, ...(isIsolated ? isolation : {}) });
      response.end(readFileSync(file));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

/** A page, and what must stay empty: its console errors, and requests to anything but the server. */
export interface WatchedPage {
  readonly page: Page;
  readonly errors: string[];
  readonly outside: string[];
  readonly requests: string[];
}

export async function openPage(browser: Browser, url: string): Promise<WatchedPage> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const watched: WatchedPage = { page, errors: [], outside: [], requests: [] };
  page.on("pageerror", (error) => watched.errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") watched.errors.push(message.text());
  });
  context.on("request", (request) => {
    watched.requests.push(request.url());
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(new URL(url).origin))
      watched.outside.push(request.url());
  });
  await page.goto(url);
  return watched;
}
