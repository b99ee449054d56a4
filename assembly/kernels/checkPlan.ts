// Do records stay inside the arrays that they point to? What is wrong with one that does not is bindings/ to say.
import { field } from "../bits/record";
import {
  CLASS_FIELDS,
  CLASS_MEMBER_COUNT,
  CLASS_MEMBER_START,
  LIST_FIELDS,
  LIST_FIRST_ROW,
  LIST_MASK_START,
  LIST_ROW_COUNT,
  LIST_WORD_COUNT,
  MEMBER_FIELDS,
  MEMBER_LIST,
  MEMBER_MULTIPLICITY,
  SEGMENT_BITLINES,
  SEGMENT_CROSSBAR,
  SEGMENT_FIELDS,
  SEGMENT_MASK_START,
  SEGMENT_MULTIPLICITY,
  SEGMENT_VECTOR,
  SEGMENT_WORD_COUNT,
  SEGMENT_WORD_START,
} from "../shared/abi";

/** Segments in ascending crossbars; `vectorCount` and `wordLimit` bound what they read of the planes. */
export function areSegmentsSound(
  records: usize,
  segmentCount: i32,
  maskWordCount: i32,
  crossbarCount: i32,
  vectorCount: i32,
  wordLimit: i32,
): i32 {
  let crossbar = 0;
  for (let i = 0; i < segmentCount; i++) {
    const words = field(records, SEGMENT_WORD_COUNT);
    const own = field(records, SEGMENT_CROSSBAR);
    const vector = field(records, SEGMENT_VECTOR);
    const isSound =
      own >= crossbar &&
      own < crossbarCount &&
      vector >= 0 &&
      vector < vectorCount &&
      field(records, SEGMENT_MULTIPLICITY) >= 0 &&
      field(records, SEGMENT_BITLINES) >= 0 &&
      isRun(field(records, SEGMENT_MASK_START), words, maskWordCount) &&
      isRun(field(records, SEGMENT_WORD_START), words, wordLimit);
    if (!isSound) return 0;
    crossbar = own;
    records += SEGMENT_FIELDS << 2;
  }
  return 1;
}

/** Lists with the rows that they say, at least one, all of them below `rowCount`. */
export function areListsSound(records: usize, listCount: i32, masks: usize, maskWordCount: i32, rowCount: i32): i32 {
  for (let i = 0; i < listCount; i++) {
    const start = field(records, LIST_MASK_START);
    const words = field(records, LIST_WORD_COUNT);
    if (!isRun(start, words, maskWordCount)) return 0;
    const mask = masks + (<usize>start << 2);
    let rows = 0;
    let end = 0;
    for (let w = 0; w < words; w++) {
      const word = load<u32>(mask + (<usize>w << 2));
      rows += <i32>popcnt(word);
      if (word != 0) end = ((w + 1) << 5) - <i32>clz(word);
    }
    const first = field(records, LIST_FIRST_ROW);
    if (rows == 0 || rows != field(records, LIST_ROW_COUNT) || first < 0 || first > rowCount - end) return 0;
    records += LIST_FIELDS << 2;
  }
  return 1;
}

export function areClassesSound(
  records: usize,
  classCount: i32,
  members: usize,
  memberCount: i32,
  listCount: i32,
): i32 {
  for (let i = 0; i < classCount; i++) {
    if (!isRun(field(records, CLASS_MEMBER_START), field(records, CLASS_MEMBER_COUNT), memberCount)) return 0;
    records += CLASS_FIELDS << 2;
  }
  for (let i = 0; i < memberCount; i++) {
    if (<u32>field(members, MEMBER_LIST) >= <u32>listCount || field(members, MEMBER_MULTIPLICITY) < 0) return 0;
    members += MEMBER_FIELDS << 2;
  }
  return 1;
}

// @ts-ignore: decorator
@inline
function isRun(start: i32, count: i32, limit: i32): boolean {
  return start >= 0 && count >= 0 && <i64>start + <i64>count <= <i64>limit;
}
