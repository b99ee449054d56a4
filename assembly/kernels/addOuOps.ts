import { addBit } from "../bits/slices";

/**
 * counter += ceil(count / ouRows), lane by lane; returns the lanes that open a row. H = 2^h: the slices from h on, and one
 * more where a lower one is set; any other H: one for every multiple of H (below rowCount) that the count passes.
 * `counterSlices` is a multiple of 4, and as many zeros follow the slices of the count. Inlined: 4 % of the whole.
 */
// @ts-ignore: decorator
@inline
export function addOuOps(
  slices: usize,
  sliceCount: i32,
  rowCount: i32,
  ouRows: i32,
  counter: usize,
  counterSlices: i32,
): v128 {
  const counterEnd = counter + (<usize>counterSlices << 4);
  const end = slices + (<usize>sliceCount << 4);
  let open = i64x2.splat(0);
  if (popcnt(ouRows) != 1) {
    for (let passed = 0; passed < rowCount; passed += ouRows) {
      addBit(counter, counterEnd, exceeds(slices, sliceCount, passed));
      if (passed > rowCount - ouRows) break;
    }
    for (; slices < end; slices += 16) open = v128.or(open, v128.load(slices));
    return open;
  }
  const whole = slices + (<usize>min(<i32>ctz(ouRows), sliceCount) << 4);
  for (; slices < whole; slices += 16) open = v128.or(open, v128.load(slices));
  let carry = open;
  // Without branches: where a carry dies is nothing that one could foresee.
  for (; counter < counterEnd && slices < end; counter += 64) {
    const b0 = v128.load(slices);
    const b1 = v128.load(slices, 16);
    const b2 = v128.load(slices, 32);
    const b3 = v128.load(slices, 48);
    open = v128.or(open, v128.or(v128.or(b0, b1), v128.or(b2, b3)));
    carry = addSlice(counter, b0, carry);
    carry = addSlice(counter + 16, b1, carry);
    carry = addSlice(counter + 32, b2, carry);
    carry = addSlice(counter + 48, b3, carry);
    slices += 64;
  }
  for (; counter < counterEnd; counter += 64) {
    carry = addCarry(counter, carry);
    carry = addCarry(counter + 16, carry);
    carry = addCarry(counter + 32, carry);
    carry = addCarry(counter + 48, carry);
  }
  return open;
}

// One half adder a lane; returns what is carried.
// @ts-ignore: decorator
@inline
function addCarry(at: usize, carry: v128): v128 {
  const a = v128.load(at);
  v128.store(at, v128.xor(a, carry));
  return v128.and(a, carry);
}

// One full adder a lane; returns what is carried.
// @ts-ignore: decorator
@inline
function addSlice(at: usize, bit: v128, carry: v128): v128 {
  const a = v128.load(at);
  const either = v128.xor(a, bit);
  v128.store(at, v128.xor(either, carry));
  return v128.bitselect(carry, a, either);
}

/** Lanes whose number is greater than a constant. */
function exceeds(slices: usize, sliceCount: i32, constant: i32): v128 {
  let greater = i64x2.splat(0);
  for (let k = 0; k < sliceCount; k++) {
    const slice = v128.load(slices + (<usize>k << 4));
    greater = (constant >> k) & 1 ? v128.and(slice, greater) : v128.or(slice, greater);
  }
  return greater;
}
