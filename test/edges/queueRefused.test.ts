import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { InputError } from "../../src/index.ts";
import { InputFiles } from "../../src/edges/files/readFiles.ts";
import { loadQueueLibraries } from "../../src/edges/sweep/redis.ts";
import { SharedFolder, locateIn, publishFiles } from "../../src/edges/sweep/sharedFiles.ts";
import { someGroups, fileOf, sha256, faultOf, collect } from "./queue/groups.ts";
import { freePort } from "./queue/redisServer.ts";
import { TIMING } from "./queue/setting.ts";
import { emptyFolder, namesIn } from "./sre.ts";

describe("a server that cannot be used", () => {
  it.each([
    ["http://127.0.0.1", "got http:…"],
    ["127.0.0.1:6379", "got something else"],
    ["redis://:p/q#r@host", "got redis://…@host"],
    ["redis://:pass@host:6379/one", "got database one"],
    ["redis://:pass@host?db=1", "got an address with ? or # (in a password: %3F, %23)"],
    ["redis://:50%@host", "got user or password with a % that is no code (write %25)"],
  ])("%s", async (url, got) => {
    const message = `--redis: expected redis://[user:password@]host[:port][/database], or rediss:// for TLS, ${got}`;
    await expect(collect(someGroups(1, 1), { url, sweepHash: "" })).rejects.toThrow(new InputError(faultOf(message)));
  });

  it("nobody there", async () => {
    const url = `redis://:secret@127.0.0.1:${await freePort()}`;
    const place = url.replace(":secret@", "");
    const error = await collect(someGroups(1, 1), { url, sweepHash: "", timing: TIMING }).catch(
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toBe(
      `--redis ${place}/0: expected a Redis server, got connect ECONNREFUSED ${place.slice(8)} for 2 s`,
    );
  });

  it("something else there", async () => {
    const server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(collect(someGroups(1, 1), { url, sweepHash: "", timing: TIMING })).rejects.toThrow(
      `--redis ${url}/0: expected a Redis server with that database, got an answer in another protocol`,
    );
  });

  it("packages that are not installed", async () => {
    const missing = () => Promise.reject(new Error("Cannot find package 'bullmq'\nmore"));
    await expect(loadQueueLibraries(missing)).rejects.toThrow(
      new InputError({
        place: "--redis",
        expected: "the packages bullmq and ioredis beside this one (npm install bullmq ioredis)",
        got: "Cannot find package 'bullmq'",
      }),
    );
  });
});

describe("the shared folder", () => {
  it("gets each content once, in place of a spoilt one too", async () => {
    const shared = join(emptyFolder(), "new");
    const [a, b] = [fileOf("a", "content"), fileOf("b", "content")];
    await publishFiles(shared, [a, b]);
    expect(namesIn(shared)).toEqual([a.sha256]);
    writeFileSync(join(shared, a.sha256), "conTent");
    await publishFiles(shared, [a]);
    expect(namesIn(shared)).toEqual([a.sha256]);
    expect(readFileSync(join(shared, a.sha256), "utf8")).toBe("content");
  });

  it("gets nothing when a file has changed since the sweep was planned", async () => {
    const shared = emptyFolder();
    const file = fileOf("a", "content");
    writeFileSync(file.path, "changed");
    const message = `${file.path}: expected sha256 ${file.sha256}, as when the sweep was planned, got ${sha256("changed")}`;
    await expect(publishFiles(shared, [file])).rejects.toThrow(new InputError(faultOf(message)));
    rmSync(file.path);
    await expect(publishFiles(shared, [file])).rejects.toThrow(
      `${file.path}: expected a readable file, got no such file`,
    );
    expect(namesIn(shared)).toEqual([]);
  });

  it("is where the files of a group are read, by their own names", async () => {
    const shared = emptyFolder();
    const folder = emptyFolder();
    const model = fileOf("net.onnx", "model", folder);
    const data = fileOf("net.data", "0123456789", folder);
    await publishFiles(shared, [model, data]);
    rmSync(model.path);
    rmSync(data.path);
    const files = new InputFiles(locateIn(shared, [model, data]));
    expect(Buffer.from(await files.bytes("INPUT", model.path)).toString()).toBe("model");
    expect(files.files).toEqual([{ ...model, role: "INPUT" }]);
    const read = files.externalDataOf(model.path);
    expect(Buffer.from(await read("net.data", 2, 3)).toString()).toBe("234");
    await expect(read("net.data", 8, 3)).rejects.toThrow(
      `${data.path}: expected 3 bytes at offset 8, got 10 bytes in all`,
    );
    await expect(read("x.data", 0, 1)).rejects.toThrow("x.data: expected a file of this group of points, got none");
    const evil = () => locateIn(shared, [{ ...model, sha256: "../../etc/passwd" }]);
    expect(evil).toThrow("sha256: expected 64 hexadecimal digits");
  });

  it("has to be named when a group has files", async () => {
    const folder = new SharedFolder(undefined);
    await expect(folder.check([])).resolves.toBeUndefined();
    await expect(folder.check([fileOf("a", "b")])).rejects.toThrow(
      /^--shared: expected the folder that holds .*a, got/,
    );
  });
});
