import { strFromU8 } from "fflate";

import { inputError } from "../../../model/base/errors.ts";

const ENTRY = {
  ...{ signature: 0x02014b50, flags: 8, method: 10, crc32: 16, packedBytes: 20, nameLength: 28, extraLength: 30 },
  ...{ noteLength: 32, start: 42, name: 46 },
};
const LOCAL = { signature: 0x04034b50, nameLength: 26, extraLength: 28, name: 30 };
const END = { signature: 0x06054b50, entryCount: 10, start: 16, bytes: 22 };
/** Where an archive has more than these fields can say: a locator before the end, and what it locates. */
const LOCATOR = { signature: 0x07064b50, end: 8, bytes: 20 };
const WIDE_END = { signature: 0x06064b50, entryCount: 32, start: 48, bytes: 56 };
const LONGEST_NOTE_BYTES = 0xffff;
const UTF8_FLAG = 0x800;

export interface ZipEntry {
  readonly name: string;
  /** 0: stored; 8: deflated. */
  readonly method: number;
  /** Where its local header begins, and the bytes of its data as they are stored. */
  readonly start: number;
  readonly packedBytes: number;
  /** Of the member's bytes, inflated. */
  readonly crc32: number;
}

/**
 * What the directory at the end of a zip archive lists, in its order.
 * @throws InputError when there is no end, or the directory has not as many entries as it says.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.12 to 4.3.16
 */
export function readZipDirectory(bytes: Uint8Array, place: string): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { entryCount, start } = findDirectory(view, place);
  const entries: ZipEntry[] = [];
  // Bounded by the file: whatever count is claimed, every entry has to be there.
  for (let at = start; entries.length < entryCount;) {
    if (!isAt(view, at, ENTRY.signature, ENTRY.name)) {
      throw inputError(place, `a zip directory of ${entryCount} members`, `${entries.length}`);
    }
    const nameEnd = at + ENTRY.name + view.getUint16(at + ENTRY.nameLength, true);
    const isUtf8 = (view.getUint16(at + ENTRY.flags, true) & UTF8_FLAG) !== 0;
    entries.push({
      name: strFromU8(bytes.subarray(at + ENTRY.name, nameEnd), !isUtf8),
      method: view.getUint16(at + ENTRY.method, true),
      start: view.getUint32(at + ENTRY.start, true),
      packedBytes: view.getUint32(at + ENTRY.packedBytes, true),
      crc32: view.getUint32(at + ENTRY.crc32, true),
    });
    at = nameEnd + view.getUint16(at + ENTRY.extraLength, true) + view.getUint16(at + ENTRY.noteLength, true);
  }
  return entries;
}

/** Data of a member as it is stored. @throws InputError when it is not where the directory says. */
export function packedData(bytes: Uint8Array, { start, packedBytes }: ZipEntry, place: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isAt(view, start, LOCAL.signature, LOCAL.name))
    throw inputError(place, `a member at byte ${start} of the archive`, "none");
  const lengths = view.getUint16(start + LOCAL.nameLength, true) + view.getUint16(start + LOCAL.extraLength, true);
  const dataStart = start + LOCAL.name + lengths;
  if (dataStart + packedBytes > bytes.length)
    throw inputError(place, `${packedBytes} bytes of packed data`, `${Math.max(0, bytes.length - dataStart)}`);
  return bytes.subarray(dataStart, dataStart + packedBytes);
}

function findDirectory(view: DataView, place: string): { entryCount: number; start: number } {
  const last = view.byteLength - END.bytes;
  for (let at = last; at >= Math.max(0, last - LONGEST_NOTE_BYTES); at--) {
    if (!isAt(view, at, END.signature, END.bytes)) continue;
    const located = at - LOCATOR.bytes;
    if (isAt(view, located, LOCATOR.signature, LOCATOR.bytes)) {
      const wide = Number(view.getBigUint64(located + LOCATOR.end, true));
      if (isAt(view, wide, WIDE_END.signature, WIDE_END.bytes)) {
        const numberAt = (offset: number): number => Number(view.getBigUint64(wide + offset, true));
        return { entryCount: numberAt(WIDE_END.entryCount), start: numberAt(WIDE_END.start) };
      }
    }
    return { entryCount: view.getUint16(at + END.entryCount, true), start: view.getUint32(at + END.start, true) };
  }
  throw inputError(place, "a readable zip archive", "one without a directory at its end");
}

/** Are there so many bytes, the first four of which are this signature? */
function isAt(view: DataView, at: number, signature: number, byteCount: number): boolean {
  return at >= 0 && at + byteCount <= view.byteLength && view.getUint32(at, true) === signature;
}
