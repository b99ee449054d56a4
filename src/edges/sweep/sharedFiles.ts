import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join, normalize } from "node:path";
import { inputError } from "../../index.ts";
import type { InputFile } from "../files/readFiles.ts";

const READ_BYTES = 1 << 20;

/**
 * Puts the files into the shared folder, each under its sha256 and only once whole; those that are there and intact stay.
 * @throws InputError when a file is no longer what the sweep was planned with, or the folder cannot be written.
 */
export async function publishFiles(shared: string, files: readonly InputFile[]): Promise<void> {
  try {
    await mkdir(shared, { recursive: true });
  } catch (error) {
    throw inputError(`--shared ${shared}`, "a folder that may be written", codeOf(error), error);
  }
  for (const file of distinct(files)) {
    const target = pathIn(shared, file.sha256);
    if ((await faultOf(target, file)) !== undefined) await publish(file, target, shared);
  }
}

/** Checks that the folder has the files of a group. Remembers what was intact, by size and time of change. */
export class SharedFolder {
  private readonly intact = new Map<string, string>();

  constructor(readonly path: string | undefined) {}

  /** @throws InputError with the first file that is missing or has another content. */
  async check(files: readonly InputFile[]): Promise<void> {
    for (const file of distinct(files)) {
      if (this.path === undefined) throw inputError("--shared", `the folder that holds ${file.path}`, "nothing");
      const target = pathIn(this.path, file.sha256);
      const stamp = await stampOf(target);
      if (stamp !== undefined && this.intact.get(target) === stamp) continue;
      const fault = await faultOf(target, file);
      if (fault !== undefined) throw inputError(`${target} (${file.path})`, `sha256 ${file.sha256}`, fault);
      if (stamp !== undefined) this.intact.set(target, stamp);
    }
  }
}

/** Where to read the files of a group on a machine that has them in a shared folder. */
export function locateIn(shared: string, files: readonly InputFile[]): (path: string) => string {
  const places = new Map(files.map(({ path, sha256 }) => [normalize(path), pathIn(shared, sha256)]));
  return (path) => {
    const place = places.get(normalize(path));
    if (place === undefined) throw inputError(path, "a file of this group of points", "none of its files");
    return place;
  };
}

async function publish(file: InputFile, target: string, shared: string): Promise<void> {
  const temporary = `${target}.partial-${randomBytes(6).toString("hex")}`;
  try {
    const found = await copyHashing(file.path, temporary);
    if (found !== file.sha256) {
      throw inputError(file.path, `sha256 ${file.sha256}, as when the sweep was planned`, found);
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const isSource = path === file.path;
    const place = isSource ? file.path : `--shared ${shared}`;
    throw inputError(place, isSource ? "a readable file" : "a folder that may be written", codeOf(error), error);
  }
}

/** Hash of what was copied; on disk when it returns. */
async function copyHashing(source: string, target: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(target, "wx");
  try {
    for await (const chunk of createReadStream(source, { highWaterMark: READ_BYTES })) {
      hash.update(chunk as Buffer);
      await file.writeFile(chunk as Buffer);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

/** What is at a path in place of the file; undefined: the file itself. */
async function faultOf(target: string, { sha256, bytes }: InputFile): Promise<string | undefined> {
  try {
    const { size } = await stat(target);
    if (size !== bytes) return `${size} bytes, not ${bytes}`;
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(target, { highWaterMark: READ_BYTES })) hash.update(chunk as Buffer);
    const found = hash.digest("hex");
    return found === sha256 ? undefined : `sha256 ${found}`;
  } catch (error) {
    return codeOf(error);
  }
}

async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${size} ${mtimeMs} ${ino}`;
  } catch {
    return undefined;
  }
}

/** A hash comes from another machine: nothing else may become part of a path. */
function pathIn(shared: string, sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw inputError("sha256", "64 hexadecimal digits", JSON.stringify(sha256));
  return join(shared, sha256);
}

function distinct(files: readonly InputFile[]): InputFile[] {
  return [...new Map(files.map((file) => [file.sha256, file])).values()];
}

function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return code === "ENOENT" ? "no such file" : `error ${code}`;
}
