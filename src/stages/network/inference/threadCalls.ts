import type { Tensor } from "onnxruntime-web";

// What crosses between the thread that works for a network and the one that runs ONNX Runtime for it.

/** File beside the model, as its tensors name it. */
export interface ExternalFile {
  readonly path: string;
  readonly data: Uint8Array;
}

/** A tensor without its methods. */
export type PlainTensor = Pick<Tensor, "type" | "data" | "dims">;

export type ThreadCall =
  | { readonly kind: "open"; readonly model: Uint8Array; readonly externalData: readonly ExternalFile[] }
  | {
      readonly kind: "run";
      readonly session: number;
      readonly feeds: Readonly<Record<string, PlainTensor>>;
      readonly fetches: readonly string[];
    }
  | { readonly kind: "release"; readonly session: number };

/** `open` gives the number of a session, `run` its tensors. */
export type ThreadAnswer =
  | { readonly session: number }
  | { readonly tensors: Readonly<Record<string, PlainTensor>> }
  | { readonly error: string };

export function plainTensor({ type, data, dims }: Tensor): PlainTensor {
  return { type, data, dims };
}

/** Memory that may leave the thread with a tensor: nobody else reads it. */
export function buffersOf(tensors: Readonly<Record<string, PlainTensor>>): ArrayBuffer[] {
  const buffers = Object.values(tensors).map(({ data }) => (Array.isArray(data) ? null : data.buffer));
  return [...new Set(buffers)].filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer);
}
