import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { InputError, countedBy, disturbedBy, externalLocations, isZooName, recordedBy } from "../../index.ts";
import type { Sweep, SweepNetwork, SweepPoint } from "../../index.ts";
import { FaultGatherer } from "../faults.ts";
import { InputFiles, checkBeside } from "../files/readFiles.ts";
import type { InputFile } from "../files/readFiles.ts";
import { canonicalJson } from "./canonicalJson.ts";
import { loadNetwork } from "./network.ts";
import type { SweepPlan, WorkGroup } from "./plan.ts";

const ID_DIGITS = 16;

/**
 * Reads every file that a sweep names and gives its points their ids. Paths are taken from the folder `dir`.
 * @throws InputError with every fault of every file.
 */
export async function makePlan(sweep: Sweep, dir: string): Promise<SweepPlan> {
  const faults = new FaultGatherer();
  const networks = sweep.networks.map((network) => resolvePaths(network, dir));
  const files: InputFile[][] = [];
  for (const network of networks)
    files.push((await faults.attempt(() => filesOf(network, sweep.seed).catch(named(network.name)))) ?? []);
  faults.throwIfAny();
  const identities = new Map(networks.map((network, index) => [network.name, identityOf(network, files[index]!)]));
  const ids = sweep.points.map((point) => pointId(sweep, point, identities.get(point.network)!));
  return { sweep, networks, files, ids, hash: hashOf(ids) };
}

/** Groups of the points that `isWanted`, in the order in which they are best run. */
export function groupsOf({ sweep, networks, files, ids }: SweepPlan, isWanted: (id: string) => boolean): WorkGroup[] {
  const { schemes, seed, accuracy } = sweep;
  const placeOf = new Map(networks.map(({ name }, place) => [name, place]));
  const groups = new Map<string, WorkGroup & { points: WorkGroup["points"][number][] }>();
  for (const [index, { network: name, config }] of sweep.points.entries()) {
    const id = ids[index]!;
    if (!isWanted(id)) continue;
    const place = placeOf.get(name)!;
    const network = networks[place]!;
    const shared = [name, countedBy(config), accuracy !== null && network.labels ? disturbedBy(config) : null];
    const key = hashOf(shared).slice(0, ID_DIGITS);
    const group = groups.get(key) ?? { key, network, files: files[place]!, schemes, seed, accuracy, points: [] };
    groups.set(key, group);
    group.points.push({ id, config });
  }
  return inOrder([...groups.values()]);
}

/**
 * Groups that are run from the same quantised workload one after another, so that two of those at most are kept; but the
 * first group of the next one after the second of this one, so that it is quantised while other threads are at work.
 */
function inOrder(groups: readonly WorkGroup[]): WorkGroup[] {
  const lists = new Map<string, WorkGroup[]>();
  for (const group of groups) {
    const key = `${group.network.name} ${recordedBy(group.points[0]!.config)}`;
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [group]);
    else list.push(group);
  }
  const all = [...lists.values()];
  return all.flatMap(([first, second, ...rest], place) => [
    ...(place === 0 ? [first!] : []),
    ...(second === undefined ? [] : [second]),
    ...(all[place + 1]?.slice(0, 1) ?? []),
    ...rest,
  ]);
}

/** Throws faults on, with the network before their place. */
function named(network: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.faults.map((fault) => ({ ...fault, place: `network ${network}: ${fault.place}` })),
      { cause: error },
    );
  };
}

async function filesOf(network: SweepNetwork, seed: number): Promise<InputFile[]> {
  const files = new InputFiles();
  const { workload } = await loadNetwork(network, seed, files);
  const beside: InputFile[] = [];
  if (workload.kind === "network") {
    for (const location of externalLocations(workload)) {
      const path = join(dirname(network.input!), location);
      await checkBeside(network.input!, path);
      beside.push(await hashFile("data", path));
    }
  }
  return [...files.files, ...beside];
}

async function hashFile(role: string, path: string): Promise<InputFile> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { role, path, sha256: hash.digest("hex"), bytes: (await stat(path)).size };
}

/** All that a network's results depend on, and its name; the folder of its files is not among it. */
function identityOf(network: SweepNetwork, files: readonly InputFile[]): unknown {
  const {
    name,
    input = "",
    samples,
    layers,
    syntheticInputs,
    transpose,
    weightsFrom: _from,
    masks: _masks,
    ...paths
  } = network;
  // `x.npz:name`: which member of the file.
  const members = Object.entries(paths).map(([role, path]) => [role, path.split(/\.(?:npz|safetensors):/i)[1] ?? ""]);
  const contents = files.map(({ role, path, sha256 }) => [role, basename(path), sha256]);
  const zoo = isZooName(input) ? input : null;
  return { name, zoo, samples, layers, syntheticInputs, transpose, members, contents };
}

function pointId({ seed, schemes, accuracy }: Sweep, { config }: SweepPoint, network: unknown): string {
  return hashOf({ network, seed, schemes, accuracy, config }).slice(0, ID_DIGITS);
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

function resolvePaths(network: SweepNetwork, dir: string): SweepNetwork {
  const at = (path: string): string => (isAbsolute(path) ? path : join(dir, path));
  const resolved: Record<string, unknown> = { ...network };
  for (const key of ["inputs", "labels", "calibration", "weights", "activations", "map"] as const) {
    const path = network[key];
    if (path !== undefined) resolved[key] = at(path);
  }
  for (const key of ["weightsFrom", "masks"] as const) {
    const paths = network[key];
    if (paths !== undefined) resolved[key] = paths.map(at);
  }
  const { input } = network;
  if (input !== undefined && !isZooName(input)) resolved["input"] = at(input);
  return resolved as unknown as SweepNetwork;
}
