/** Runs inside a page: what browser.test.ts asks for, by name. Answers are plain data. */
const door = await import(new URL(import.meta.url).searchParams.get("bundle"));
const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const array = async (path) => door.decodeArray(await bytes(path), path.split("/").pop());

let engine;
const lenet5 = async (samples) => ({
  workload: {
    kind: "network",
    name: "lenet5-ssl",
    model: await bytes("/examples/lenet5/lenet5-ssl.onnx"),
    inputs: await array("/examples/lenet5/digits.idx3"),
    labels: await array("/examples/lenet5/labels.idx1"),
  },
  config: door.parseConfig(
    [{ text: await (await fetch("/examples/lenet5/lenet5.yaml")).text(), place: "lenet5.yaml" }],
    [],
  ),
  source: { source: "lenet5-ssl.onnx", sha256: "" },
  schemes: door.SCHEMES,
  samples,
  seed: 0,
  verifyWindows: 10,
});
const zoo = (name, layers, schemes = door.SCHEMES) => {
  const { workload, source } = door.zooWorkload(name, 1);
  const request = { workload, config: door.parseConfig([], []), source: { source, sha256: "" }, schemes, samples: 1 };
  return { ...request, seed: 1, verifyWindows: 0, ...(layers ? { layers } : {}) };
};
const failure = (error) => ({ name: error.name, message: error.message, faults: error.faults ?? null });

const tasks = {
  async start(options) {
    engine = await door.startEngine(options);
    return { threads: engine.threads, isIsolated: engine.isIsolated, backend: engine.backend };
  },
  async lenet5(samples) {
    let ticks = 0;
    const { report } = await engine.simulate(await lenet5(samples), { onProgress: () => void ticks++ });
    return { report, ticks };
  },
  /** How often progress is told in time, and when the call is over, where messages of callbacks take long. */
  async lateProgress() {
    const { addEventListener } = MessagePort.prototype;
    MessagePort.prototype.addEventListener = function (type, listener, ...rest) {
      const late = (event) => setTimeout(() => listener.call(this, event), 100);
      return addEventListener.call(this, type, late, ...rest);
    };
    const told = [0, 0];
    let isOver = 0;
    await engine.simulate(zoo("zoo:caffenet"), { onProgress: () => void told[isOver]++ });
    isOver = 1;
    await new Promise((resolve) => setTimeout(resolve, 500));
    MessagePort.prototype.addEventListener = addEventListener;
    return told;
  },
  /** Without an engine and its worker. */
  async inPage(samples) {
    return (await door.simulate(await lenet5(samples))).report;
  },
  async recorded(samples) {
    const { workload: _workload, ...rest } = await lenet5(samples);
    const facts = await engine.record(await lenet5(samples));
    const { report } = await engine.recount(rest);
    const narrow = door.parseConfig([], ["input.scale=0.00390625", "adc.bits=4"]);
    const repriced = await engine.recount({ ...rest, config: narrow });
    return { facts, report, repriced: repriced.report };
  },
  async broken(place) {
    const request = await lenet5(1);
    const workload = { ...request.workload, model: request.workload.model.subarray(0, 1000) };
    return engine.simulate({ ...request, workload, source: { source: place, sha256: "" } }).catch(failure);
  },
  /** Stops when something has been counted, then counts something else. */
  async cancel() {
    const stop = new AbortController();
    const begun = performance.now();
    const stopped = await engine
      .simulate(zoo("zoo:caffenet"), { signal: stop.signal, onProgress: () => stop.abort() })
      .catch(failure);
    const took_ms = performance.now() - begun;
    return { stopped, took_ms, report: (await engine.simulate(zoo("zoo:lenet5"))).report };
  },
  /** Stops a worker that waits for a file and listens to nothing; what was recorded goes with it. */
  async cancelStuck(model) {
    const recorded = zoo("zoo:lenet5");
    await engine.record(recorded);
    const stop = new AbortController();
    const readExternal = () => {
      stop.abort();
      return new Promise(() => {});
    };
    const network = { kind: "network", name: "waits", model: Uint8Array.from(model), readExternal };
    const waiting = { ...recorded, workload: { ...network, syntheticInputsSeed: 0 } };
    const stopped = await engine.simulate(waiting, { signal: stop.signal }).catch(failure);
    const { report } = await engine.simulate(zoo("zoo:lenet5"));
    const { workload: _workload, ...rest } = zoo("zoo:lenet5");
    return { stopped, report, recounted: await engine.recount(rest).catch(failure) };
  },
  async time(name, layers, schemes) {
    const begun = performance.now();
    const { report, phases_ms } = await engine.simulate(zoo(name, layers, schemes));
    return { whole_ms: performance.now() - begun, phases_ms, totals: report.totals };
  },
  async closed() {
    const running = engine.simulate(zoo("zoo:lenet5")).catch(failure);
    engine.close();
    return [await running, await engine.simulate(zoo("zoo:lenet5")).catch(failure)];
  },
  async missing() {
    return door.startEngine({ wasm: "/nowhere/" }).then(() => null, failure);
  },
  async noRuntime() {
    const other = await door.startEngine({ onnxRuntime: "/nowhere/" });
    return other.simulate(await lenet5(1)).then(() => null, failure);
  },
};
window.run = (name, ...values) => tasks[name](...values);
