// Binary contract of the device kernels: literals only, like abi.ts; a change here is a change of ABI_VERSION.

// What a draw is for: the first word that a key takes in (bindings/scalar/draws.ts).
export const DRAW_CELL = 1;
export const DRAW_FAULT = 2;
export const DRAW_READ = 3;
export const DRAW_TABLE = 4;
/** Bits of a fault draw that are compared with its rates. */
export const FAULT_BITS = 30;

/** log2 of the units of a fixed-point cell in one code. */
export const FIXED_BITS = 7;
/** Largest H(2^cellBits-1) whose fixed-point sums saturate at 16 bits; above, they are exact. */
export const FIXED_SUM_LIMIT = 255;

// Cells of a level, four f32: base, span, sigma, unused.
export const LEVEL_BYTES = 16;

// Conversion of a disturbed sum.
export const ADC_CLIP = 0;
export const ADC_SCALE = 1;

// What a read of mvmDisturbed sees.
export const CELLS_FLOAT = 0;
export const CELLS_FIXED = 1;
export const CELLS_TABLE = 2;

// Statistics of one call, f64: exact integers below 2^53.
export const READ_FIELDS = 4;
export const READ_COUNT = 0;
export const READ_MISREADS = 1;
export const READ_ERROR_SUM = 2;
export const READ_SQUARED_ERROR_SUM = 3;

// Job of programCells, i32 fields; drawSamples takes OU rows as rows and samples as bitlines.
export const PROGRAM_FIELDS = 14;
export const PROGRAM_LEVELS = 0;
export const PROGRAM_ROW_COUNT = 1;
export const PROGRAM_STRIDE = 2;
export const PROGRAM_FIRST_BITLINE = 3;
export const PROGRAM_BITLINE_COUNT = 4;
/** [level][LEVEL_BYTES] */
export const PROGRAM_DEVICE = 5;
export const PROGRAM_TOP_LEVEL = 6;
/** A fault draw below the first is stuck low, from the second on stuck high. */
export const PROGRAM_STUCK_LOW = 7;
export const PROGRAM_STUCK_HIGH = 8;
export const PROGRAM_KEY = 9;
export const PROGRAM_KEY_2 = 10;
/** f32, or i16 where PROGRAM_IS_FIXED. */
export const PROGRAM_VALUES = 11;
export const PROGRAM_IS_FIXED = 12;
/** DRAW_CONSTANT_BYTES */
export const PROGRAM_WORK = 13;
export const DRAW_CONSTANT_BYTES = 240;

// Job of mvmDisturbed: the fields of mvmBitSerial (abi.ts; no transfer, no clip limit), then these; i32 but for two f32.
export const DISTURBED_FIELDS = 37;
export const DISTURBED_CELLS = 23;
/** f32 or i16 [row][stride] as the levels, or slots. */
export const DISTURBED_VALUES = 24;
export const DISTURBED_WINDOWS = 25;
export const DISTURBED_KEY = 26;
export const DISTURBED_KEY_2 = 27;
export const DISTURBED_ADC_MODE = 28;
export const DISTURBED_TOP_CODE = 29;
/** f32 */
export const DISTURBED_OFFSET = 30;
/** f32 */
export const DISTURBED_READ_SIGMA = 31;
export const DISTURBED_SLOT_BITS = 32;
export const DISTURBED_IS_WIDE = 33;
/** Largest sensed sum. */
export const DISTURBED_TOP_VALUE = 34;
/** f64[READ_FIELDS] */
export const DISTURBED_STATS = 35;
/** Windows whose number is a multiple are counted. */
export const DISTURBED_STATS_STRIDE = 36;

// Job of countCodes, i32 fields but for two f32. Samples: f32 [level][cells 0 … ouRows][SAMPLE_STRIDE], sums of so many
// cells of a level, then one row of standard normals; readable one vector past the end.
export const CODES_FIELDS = 12;
export const CODES_SAMPLES = 0;
export const CODES_STRIDE = 1;
export const CODES_OU_ROWS = 2;
export const CODES_TOP_LEVEL = 3;
/** i32 records: first sample, samples, cells of each level. */
export const CODES_RUNS = 4;
export const CODES_RUN_COUNT = 5;
/** f32 */
export const CODES_SIGMA = 6;
/** f32 */
export const CODES_OFFSET = 7;
export const CODES_ADC_MODE = 8;
export const CODES_TOP_CODE = 9;
/** u32[topCode + 1] */
export const CODES_COUNTS = 10;
/** CODES_WORK_BYTES, then 3 · u32[topCode + 1] */
export const CODES_WORK = 11;
export const CODES_WORK_BYTES = 64;
