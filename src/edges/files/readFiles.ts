import { createHash } from "node:crypto";
import { open, realpath, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { decodeArray, InputError } from "../../index.ts";
import type { ExternalDataReader, NumericArray } from "../../index.ts";

/** One read: below the 2 GiB that a single read call may return. */
const CHUNK_BYTES = 1 << 30;

/** A file that went into a run, for the manifest. */
export interface InputFile {
  /** Option or argument that named it. */
  readonly role: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Reads files and remembers what was read, with its hash. */
export class InputFiles {
  readonly files: InputFile[] = [];

  /** `locate` says where the file of a path is read; messages and `files` have the path itself. */
  constructor(private readonly locate: (path: string) => string = (path) => path) {}

  /** Whole file, also above 2 GiB. @throws InputError when it cannot be read. */
  async bytes(role: string, path: string): Promise<Uint8Array> {
    const bytes = await withFile(path, readWhole, this.locate(path));
    this.files.push({ role, path, sha256: sha256(bytes), bytes: bytes.byteLength });
    return bytes;
  }

  /** UTF-8 text of a file. @throws InputError when it cannot be read. */
  async text(role: string, path: string): Promise<string> {
    return decodeText(path, await this.bytes(role, path));
  }

  /** An array file; `x.npz:name`, `x.safetensors:name` name a member. @throws InputError when it cannot be read or decoded. */
  async array(role: string, path: string): Promise<NumericArray> {
    const member = /^(.*\.(?:npz|safetensors)):(.+)$/i.exec(path);
    if (!member) return decodeArray(await this.bytes(role, path), path);
    const [, archive = "", name] = member;
    return decodeArray(await this.bytes(role, archive), archive, name);
  }

  /** Ranged reads of the data files beside a model. @throws InputError when a range is not in the file, or it is elsewhere. */
  externalDataOf(modelPath: string): ExternalDataReader {
    return async (location, offset, byteCount) => {
      const path = join(dirname(modelPath), location);
      if (this.locate(path) === path) {
        await checkRegular(path);
        await checkBeside(modelPath, path);
      }
      const read = async (file: FileHandle): Promise<Uint8Array> => {
        const { size } = await file.stat();
        const wanted = byteCount ?? size - offset;
        if (offset + wanted > size || wanted < 0) {
          throw new InputError({
            place: path,
            expected: `${wanted} bytes at offset ${offset}`,
            got: `${size} bytes in all`,
          });
        }
        return readRange(file, offset, wanted);
      };
      return withFile(path, read, this.locate(path));
    };
  }
}

/** To open a pipe would wait for somebody who writes. One that is not there passes. @throws InputError when it is no file. */
async function checkRegular(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null || found.isFile()) return;
  throw new InputError({ place: path, expected: "a regular file", got: found.isDirectory() ? "a folder" : "a device" });
}

/**
 * Holds data files to the folder of their model, as it is called or as its own link is. One that is not there passes.
 * @throws InputError when a link leads out of it.
 */
export async function checkBeside(modelPath: string, path: string): Promise<void> {
  const real = (of: string): Promise<string | null> => realpath(of).catch(() => null);
  const [target, folder, model] = await Promise.all([real(path), real(dirname(modelPath)), real(modelPath)]);
  const folders = [folder, model === null ? null : dirname(model)];
  if (target === null || folders.some((own) => own !== null && target.startsWith(own.endsWith(sep) ? own : own + sep)))
    return;
  throw new InputError({
    place: path,
    expected: "external data in the model's own folder",
    got: "a link that leaves it",
  });
}

/** UTF-8 text of a file. @throws InputError when it cannot be read. */
export async function readText(path: string): Promise<string> {
  return decodeText(path, await withFile(path, readWhole));
}

function decodeText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError({ place: path, expected: "UTF-8 text", got: "other bytes" });
  }
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>, located = path): Promise<T> {
  let file: FileHandle;
  try {
    file = await open(located, "r");
  } catch (error) {
    throw new InputError({ place: path, expected: "a readable file", got: reasonOf(error) }, { cause: error });
  }
  try {
    if ((await file.stat()).isDirectory()) {
      throw new InputError({ place: path, expected: "a readable file", got: "a folder" });
    }
    return await work(file);
  } finally {
    await file.close();
  }
}

async function readWhole(file: FileHandle): Promise<Uint8Array> {
  const stat = await file.stat();
  // A pipe has no size to go by.
  if (!stat.isFile()) return new Uint8Array(await file.readFile());
  return readRange(file, 0, stat.size);
}

async function readRange(file: FileHandle, start: number, byteCount: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(byteCount);
  let filled = 0;
  while (filled < byteCount) {
    const { bytesRead } = await file.read(bytes, filled, Math.min(CHUNK_BYTES, byteCount - filled), start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function sha256(bytes: Uint8Array): string {
  const hash = createHash("sha256");
  for (let start = 0; start < bytes.byteLength; start += CHUNK_BYTES) {
    hash.update(bytes.subarray(start, start + CHUNK_BYTES));
  }
  return hash.digest("hex");
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = { ENOENT: "no such file", EACCES: "no permission", ENOTDIR: "no such file" };
  return reasons[code ?? ""] ?? `error ${code ?? String(error)}`;
}
