// The binary contract between assembly/ and bindings/. Literals only: this file is compiled by asc and by tsc.
// A change here is a change of ABI_VERSION, which bindings/wasm.ts checks when it loads a module.
export const ABI_VERSION = 5;

/** Arena addresses are multiples of this: one v128. */
export const ARENA_ALIGN_BYTES = 16;

/** Bit-planes and row masks are padded to whole 128-bit vectors; a word is 32 bits. */
export const WORD_BITS = 32;
export const VECTOR_WORDS = 4;

// Cell coding (model.md §4): how an integer weight becomes a pattern of cell levels.
export const CODING_OFFSET = 0;
export const CODING_POSITIVE = 1;
export const CODING_NEGATIVE = 2;

// How a segment's open rows are cut into OUs (model.md §7).
export const OPEN_FIXED = 0;
export const OPEN_DYNAMIC = 1;

// Segment record of the cycle counters, i32 fields (what they mean: bindings/kernels.ts).
export const SEGMENT_FIELDS = 7;
export const SEGMENT_CROSSBAR = 0;
export const SEGMENT_VECTOR = 1;
export const SEGMENT_WORD_START = 2;
export const SEGMENT_WORD_COUNT = 3;
export const SEGMENT_MASK_START = 4;
export const SEGMENT_MULTIPLICITY = 5;
export const SEGMENT_BITLINES = 6;

// Stream record of the bit-serial product, i32 fields.
export const STREAM_FIELDS = 6;
export const STREAM_VECTOR = 0;
export const STREAM_PREVIOUS_ROW = 1;
export const STREAM_ENTRY_START = 2;
export const STREAM_ENTRY_COUNT = 3;
export const STREAM_BITLINE_START = 4;
export const STREAM_BITLINE_COUNT = 5;

// Totals written by countOuCycles, f64 fields: exact integers below 2^53.
export const TOTAL_FIELDS = 6;
export const TOTAL_OU_OPS = 0;
export const TOTAL_LATENCY_CYCLES = 1;
export const TOTAL_ADC_CONVERSIONS = 2;
export const TOTAL_OPEN_ROWS = 3;
export const TOTAL_CELL_READS = 4;
export const TOTAL_EMPTY_PLANES = 5;

// Job of mvmBitSerial, i32 fields: addresses, shapes and options (what they mean: bindings/kernels.ts).
export const MVM_FIELDS = 23;
export const MVM_PLANES = 0;
export const MVM_WINDOW_COUNT = 1;
export const MVM_VECTOR_COUNT = 2;
export const MVM_PLANE_COUNT = 3;
export const MVM_WORD_COUNT = 4;
export const MVM_RECORDS = 5;
export const MVM_STREAM_COUNT = 6;
export const MVM_ENTRIES = 7;
export const MVM_LEVELS = 8;
export const MVM_STRIDE_BYTES = 9;
export const MVM_FIRST_BITLINE = 10;
export const MVM_FORMATION = 11;
export const MVM_OU_ROWS = 12;
export const MVM_TRANSFER = 13;
/** Largest code when the transfer is min(sum, code), else -1. */
export const MVM_CLIP_LIMIT = 14;
export const MVM_SIGNED = 15;
export const MVM_WEIGHT_BITS = 16;
export const MVM_CELL_BITS = 17;
export const MVM_CODING = 18;
export const MVM_SLICE_COUNT = 19;
export const MVM_COL_COUNT = 20;
export const MVM_SUMS = 21;
export const MVM_SCRATCH = 22;

// Source of windows, i32 fields (what they mean: bindings/kernels.ts); fully connected when SOURCE_IS_CONV is 0.
export const SOURCE_FIELDS = 19;
export const SOURCE_CODES = 0;
export const SOURCE_VECTOR_COUNT = 1;
export const SOURCE_ROW_COUNT = 2;
export const SOURCE_IS_CONV = 3;
export const SOURCE_KERNEL_HEIGHT = 4;
export const SOURCE_KERNEL_WIDTH = 5;
export const SOURCE_STRIDE_Y = 6;
export const SOURCE_STRIDE_X = 7;
export const SOURCE_DILATION_Y = 8;
export const SOURCE_DILATION_X = 9;
export const SOURCE_PAD_TOP = 10;
export const SOURCE_PAD_LEFT = 11;
export const SOURCE_OUT_HEIGHT = 12;
export const SOURCE_OUT_WIDTH = 13;
export const SOURCE_CHANNEL_COUNT = 14;
export const SOURCE_HEIGHT = 15;
export const SOURCE_WIDTH = 16;
export const SOURCE_FIRST_CHANNEL = 17;
export const SOURCE_CHANNELS_PER_VECTOR = 18;

/** Work space of gatherWindows. */
export const LINE_PIECE_BYTES = 32;

/** Bytes of one row of lanes: an offset that a kernel walks is its row times this. */
export const LANE_BYTES = 16;
/** Row lists are padded to whole steps of the carry-save tree. */
export const LIST_STEP = 8;

// Row list of a count plan, i32 fields (what they mean: bindings/countPlan.ts).
export const LIST_FIELDS = 6;
export const LIST_MASK_START = 0;
export const LIST_WORD_COUNT = 1;
export const LIST_FIRST_ROW = 2;
export const LIST_ROW_COUNT = 3;
export const LIST_GROUPS = 4;
export const LIST_BITLINES = 5;

// Crossbar class of a count plan, i32 fields: a run of members; and a member.
export const CLASS_FIELDS = 2;
export const CLASS_MEMBER_START = 0;
export const CLASS_MEMBER_COUNT = 1;
export const MEMBER_FIELDS = 2;
export const MEMBER_LIST = 0;
export const MEMBER_MULTIPLICITY = 1;

// Code table of a count plan: rows of one code, positions of one step, lanes of one tile, lanes that one sum takes.
export const CODE_ROWS = 4;
export const CODE_STEP = 32;
export const TABLE_LANES = 128;
export const OCTET_LANES = 8;
/** Largest open rows of a lane and OU operations of a lane and window that its counters hold. */
export const TABLE_LIMIT = 255;

// Row block of a code table, i32 fields.
export const BLOCK_FIELDS = 2;
export const BLOCK_POSITION_COUNT = 0;
export const BLOCK_TILE_COUNT = 1;

// Count plan as the kernel takes it, i32 fields: addresses and counts.
export const PLAN_FIELDS = 14;
export const PLAN_MASKS = 0;
export const PLAN_LISTS = 1;
export const PLAN_LIST_COUNT = 2;
export const PLAN_CLASSES = 3;
export const PLAN_CLASS_COUNT = 4;
export const PLAN_MEMBERS = 5;
/** 1: by the code table whose fields follow; 0: by bit slices, with the classes above. */
export const PLAN_HAS_TABLE = 6;
export const PLAN_BLOCKS = 7;
export const PLAN_BLOCK_COUNT = 8;
export const PLAN_POSITIONS = 9;
export const PLAN_LANE_CODES = 10;
export const PLAN_LANE_BITLINES = 11;
export const PLAN_CROSSBAR_ENDS = 12;
/** f64[TOTAL_FIELDS] */
export const PLAN_TOTALS = 13;

// Job of countWindows, i32 fields.
export const COUNT_FIELDS = 9;
export const COUNT_SOURCE = 0;
export const COUNT_WINDOW_START = 1;
export const COUNT_WINDOW_COUNT = 2;
export const COUNT_BITS = 3;
export const COUNT_PLANS = 4;
export const COUNT_PLAN_COUNT = 5;
export const COUNT_OU_ROWS = 6;
export const COUNT_EMPTY_PLANE_CYCLES = 7;
export const COUNT_SCRATCH = 8;
