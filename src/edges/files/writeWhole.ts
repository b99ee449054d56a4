import { accessSync, constants, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { inputError } from "../../index.ts";

/** Exit code of a process that SIGINT ends, by the shells' convention. */
const EXIT_SIGINT = 130;

/**
 * Lets `fill` write under a temporary name beside `path`, then renames it to `path`. On an error or SIGINT the temporary
 * file or folder is removed and `path` is as it was.
 */
export async function replaceWhole(path: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path.replace(/[/\\]+$/, "")}.partial-${process.pid}`;
  const remove = (): void => rmSync(temporary, { recursive: true, force: true });
  const interrupted = (): void => {
    remove();
    process.exit(EXIT_SIGINT);
  };
  process.once("SIGINT", interrupted);
  try {
    await mkdir(dirname(temporary), { recursive: true });
    await fill(temporary);
    putInPlace(temporary, path);
  } catch (error) {
    remove();
    throw error;
  } finally {
    process.removeListener("SIGINT", interrupted);
  }
}

/** Writes one file of a folder that is being made. */
export type WriteFile = (name: string, data: string | Uint8Array) => Promise<void>;

/** As `replaceWhole`, of a folder whose files `fill` writes. */
export async function replaceFolder(dir: string, fill: (write: WriteFile) => Promise<void>): Promise<void> {
  await replaceWhole(dir, async (temporary) => {
    await mkdir(temporary);
    await fill((name, data) => writeFile(join(temporary, name), data));
  });
}

/** @throws InputError, before any work is done for it, when `path` could not be written. */
export function refuseUnwritable(option: string, path: string): void {
  let parent = dirname(resolve(path));
  while (!existsSync(parent)) parent = dirname(parent);
  const place = `${option} ${path}`;
  if (!statSync(parent).isDirectory()) throw inputError(place, "a path in a folder", `${parent}, which is a file`);
  try {
    accessSync(parent, constants.W_OK);
  } catch (error) {
    throw inputError(place, "a folder that may be written", `no permission in ${parent}`, error);
  }
}

/** @throws InputError when `path` could not be written as a file. */
export function refuseUnwritableFile(option: string, path: string): void {
  refuseUnwritable(option, path);
  if (existsSync(path) && statSync(path).isDirectory()) throw inputError(`${option} ${path}`, "a file", "a folder");
}

/** Without a pause in which SIGINT could leave neither the old folder nor the new one. */
function putInPlace(temporary: string, path: string): void {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  if (!isFolder) {
    renameSync(temporary, path);
    return;
  }
  // A folder cannot be renamed onto one that is not empty.
  const aside = `${temporary}.replaced`;
  renameSync(path, aside);
  try {
    renameSync(temporary, path);
  } catch (error) {
    renameSync(aside, path);
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

/** Writes a file whole or not at all. */
export async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  await replaceWhole(path, (temporary) => writeFile(temporary, data));
}
