import { describe, expect, test } from "vitest";
import { decodeArray } from "../../../src/stages/network/index.ts";
import { Random } from "../../helpers/random.ts";

const read = (text: string): ReturnType<typeof decodeArray> => decodeArray(new TextEncoder().encode(text), "w.mtx");
const banner = "%%MatrixMarket matrix";

describe("MatrixMarket", () => {
  test("coordinates of real numbers, with comments, blank lines and CRLF", () => {
    const text = `${banner} coordinate real general\r\n% a comment\r\n\r\n2 3 3\r\n1 1  -1.5e-1\r\n\r\n2 3 4.\r\n% x\r\n1 2 .25\r\n`;
    expect(read(text)).toEqual({
      place: "w.mtx",
      dtype: "f8",
      shape: [2, 3],
      values: Float64Array.of(-0.15, 0.25, 0, 0, 0, 4),
    });
  });

  test("integers stay integers, patterns are 0 and 1", () => {
    expect(read(`${banner} coordinate integer general\n2 2 1\n2 1 -7\n`)).toMatchObject({
      dtype: "i4",
      values: Int32Array.of(0, 0, -7, 0),
    });
    expect(read(`${banner} coordinate pattern general\n2 2 1\n1 2\n`)).toMatchObject({
      dtype: "u1",
      values: Uint8Array.of(0, 1, 0, 0),
    });
  });

  test("arrays stand column by column", () => {
    const values = "1\n2\n3\n4\n5\n6\n";
    expect(read(`${banner} array real general\n2 3\n${values}`).values).toEqual(Float64Array.of(1, 3, 5, 2, 4, 6));
    expect(read(`${banner} array integer symmetric\n3 3\n${values}`).values).toEqual(
      Int32Array.of(1, 2, 3, 2, 4, 5, 3, 5, 6),
    );
    expect(read(`${banner} array integer skew-symmetric\n3 3\n1\n2\n3`).values).toEqual(
      Int32Array.of(0, -1, -2, 1, 0, -3, 2, 3, 0),
    );
  });

  test("symmetric coordinates", () => {
    expect(read(`${banner} coordinate real symmetric\n2 2 2\n1 1 5\n2 1 6\n`).values).toEqual(
      Float64Array.of(5, 6, 6, 0),
    );
    expect(read(`${banner} coordinate real skew-symmetric\n2 2 1\n2 1 6\n`).values).toEqual(
      Float64Array.of(0, -6, 6, 0),
    );
  });

  test("files above one piece of text, equal to what was written", () => {
    const random = new Random(1);
    const [rows, cols] = [300, 400];
    const values = new Float64Array(rows * cols);
    for (let i = 0; i < values.length; i++) if (random.chance(0.6)) values[i] = random.unit() - 0.5 || 1;
    const lines = [...values].flatMap((value, i) =>
      value === 0 ? [] : [`${Math.floor(i / cols) + 1} ${(i % cols) + 1} ${value}`],
    );
    const text = `${banner} coordinate real general\n${rows} ${cols} ${lines.length}\n${lines.join("\n")}`;
    expect(text.length).toBeGreaterThan(1 << 20);
    expect(read(text)).toMatchObject({ shape: [rows, cols], values });
  });

  const general = `${banner} coordinate real general\n2 3`;
  test.each([
    [
      "another banner",
      "%%MatrixMarket vector coordinate real general\n",
      "w.mtx:1: expected %%MatrixMarket matrix …, got",
    ],
    [
      "complex numbers",
      `${banner} coordinate complex general\n1 1 1\n`,
      "w.mtx:1: expected field real, integer or (of coordinates) pattern, got complex",
    ],
    ["a pattern of an array", `${banner} array pattern general\n1 1\n`, "w.mtx:1: expected field real"],
    [
      "no symmetry",
      `${banner} coordinate real\n1 1 1\n`,
      "w.mtx:1: expected symmetry general, symmetric or skew-symmetric, got nothing",
    ],
    [
      "no sizes",
      `${banner} coordinate real general\n% end\n`,
      "w.mtx: expected a line with the sizes of the matrix, got the end of the file",
    ],
    ["sizes of another format", `${general}\n`, 'w.mtx:2: expected rows, columns, entries as whole numbers, got "2 3"'],
    [
      "a symmetric matrix that is not square",
      `${banner} coordinate real symmetric\n2 3 1\n1 1 1\n`,
      "w.mtx:2: expected a square matrix, being symmetric, got 2 x 3",
    ],
    [
      "a matrix larger than any memory",
      `${banner} coordinate real general\n9999999 9999999 0\n`,
      "w.mtx:2: expected a matrix of at most 268435456 elements, got 9999999 x 9999999",
    ],
    [
      "an entry above the diagonal",
      `${banner} coordinate real symmetric\n2 2 1\n1 2 1\n`,
      "w.mtx:3: expected an entry of the lower triangle, the matrix being symmetric, got 1 2",
    ],
    [
      "an integer that is none",
      `${banner} coordinate integer general\n2 2 1\n1 2 1.5\n`,
      "w.mtx:3: expected an integer of 32 bits, got 1.5",
    ],
    [
      "an integer too large",
      `${banner} coordinate integer general\n2 2 1\n1 2 3000000000\n`,
      "w.mtx:3: expected an integer of 32 bits, got 3000000000",
    ],
    ["too few entries", `${general} 2\n1 1 1\n`, "w.mtx: expected 2 entries, as its sizes say, got 1"],
    ["too many entries", `${general} 1\n1 1 1\n1 2 1\n`, "w.mtx: expected 1 entries, as its sizes say, got 2"],
  ])("refuses %s", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test("tells every faulty line, and how many more there are", () => {
    const lines = ["3 1 1", "1 0 1", "1 1 nan", "1 1", "1 2 1", "1 2 1"];
    expect(() => read(`${general} 6\n${lines.join("\n")}\n`)).toThrow(
      [
        "w.mtx:3: expected row in 1..2, got 3",
        "w.mtx:4: expected column in 1..3, got 0",
        "w.mtx:5: expected a finite number, got nan",
        'w.mtx:6: expected row, column and value, got "1 1"',
        "w.mtx:8: expected an element that has not been given yet, got 1 2 again",
      ].join("\n"),
    );
    const many = Array.from({ length: 50 }, () => "9 9 9").join("\n");
    expect(() => read(`${general} 50\n${many}\n`)).toThrow(/w\.mtx: expected no fault, got 80 more$/);
  });
});
