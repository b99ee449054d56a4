import Benchmark from "benchmark";

/** One variant on one case. `run` does the whole work once and gives a checksum that all variants must share. */
export interface Variant {
  readonly name: string;
  run(): number;
}

export interface Timing {
  readonly name: string;
  /** Fastest sample: the one to compare on a machine that others use, too. */
  readonly best_s: number;
  readonly mean_s: number;
  /** Relative margin of error of the mean, in percent. */
  readonly rme: number;
  readonly sampleCount: number;
  readonly checksum: number;
}

/** Times the variants in turn, round after round, so that a slow spell of the machine meets all of them. */
export function timeInterleaved(variants: readonly Variant[], rounds: number, seconds: number): Timing[] {
  const samples = variants.map((): number[] => []);
  const margins = variants.map((): number[] => []);
  const checksums = variants.map((variant) => variant.run());
  for (let round = 0; round < rounds; round++) {
    for (const [index, variant] of variants.entries()) {
      const benchmark = new Benchmark(variant.name, () => variant.run(), { maxTime: seconds, minSamples: 3 });
      benchmark.run();
      if (benchmark.error) throw benchmark.error;
      samples[index]!.push(...benchmark.stats.sample);
      margins[index]!.push(benchmark.stats.rme);
    }
  }
  return variants.map(({ name }, index) => ({
    name,
    best_s: Math.min(...samples[index]!),
    mean_s: samples[index]!.reduce((a, b) => a + b, 0) / samples[index]!.length,
    rme: Math.max(...margins[index]!),
    sampleCount: samples[index]!.length,
    checksum: checksums[index]!,
  }));
}
