/** One tensor of a safetensors file; its offsets may be given wrongly. */
export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView;
  readonly offsets?: readonly number[];
}

/** safetensors bytes: header length, JSON header (padded with spaces to `alignment`), data one after the other. */
export function safetensors(tensors: Readonly<Record<string, StoredTensor>>, alignment = 8): Uint8Array {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { format: "test" } };
  for (const [name, { dtype, shape, data, offsets }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: offsets ?? [at, at + data.byteLength] };
    at += data.byteLength;
  }
  const text = JSON.stringify(header);
  return framed(
    text.padEnd(Math.ceil(text.length / alignment) * alignment),
    Object.values(tensors).map(({ data }) => data),
  );
}

/** Any header text, with its true length. */
export function framed(header: string, data: readonly ArrayBufferView[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(text.length), true);
  const parts = [length, text, ...data].map((view) => [
    ...new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
  ]);
  return Uint8Array.from(parts.flat());
}
