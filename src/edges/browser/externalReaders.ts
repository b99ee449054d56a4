import type { ExternalDataReader, SimulateRequest, TensorFile } from "../../index.ts";

/** Reads for the file of a request that has this name: functions do not cross between threads as data. */
export type ReadOf = ((file: string, ...range: Parameters<ExternalDataReader>) => Promise<Uint8Array>) | null;

/** A request as data: without its functions, the names of the files that had one, and one function that stands for them all. */
export interface DetachedRequest {
  readonly plain: SimulateRequest;
  readonly files: readonly string[];
  /** null where there are none. */
  readonly read: ReadOf;
}

export function detachReaders(request: SimulateRequest): DetachedRequest {
  const readers = new Map<string, ExternalDataReader>();
  const plain = replaceReaders(request, (file, reader) => {
    if (reader !== undefined) readers.set(file, reader);
    return undefined;
  });
  const read: ReadOf = (file, ...range) => readers.get(file)!(...range);
  return { plain, files: [...readers.keys()], read: readers.size === 0 ? null : read };
}

/** The other way: each file that had a reader gets one again. */
export function attachReaders({ plain, files, read }: DetachedRequest): SimulateRequest {
  if (read === null) return plain;
  return replaceReaders(plain, (file) => (files.includes(file) ? (...range) => read(file, ...range) : undefined));
}

type Replace = (file: string, reader: ExternalDataReader | undefined) => ExternalDataReader | undefined;

function replaceReaders(request: SimulateRequest, replace: Replace): SimulateRequest {
  const { workload } = request;
  if (workload.kind === "matrix" || workload.kind === "recorded") return request;
  const inList = (list: string, files: readonly TensorFile[]): TensorFile[] =>
    files.map((file, index) => replaceIn(file, `${list} ${index}`, replace));
  const { weightsFrom } = workload;
  const replaced = weightsFrom && {
    ...weightsFrom,
    weights: inList("weights", weightsFrom.weights),
    masks: inList("masks", weightsFrom.masks),
  };
  const own = workload.kind === "network" ? replaceIn(workload, "model", replace) : workload;
  return { ...request, workload: replaced === undefined ? own : { ...own, weightsFrom: replaced } };
}

function replaceIn<T extends { readonly readExternal?: ExternalDataReader }>(
  holder: T,
  file: string,
  replace: Replace,
): T {
  const { readExternal: given, ...rest } = holder;
  const readExternal = replace(file, given);
  return (readExternal === undefined ? rest : { ...rest, readExternal }) as T;
}
