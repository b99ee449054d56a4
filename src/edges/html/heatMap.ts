import type { HeatMapLayer } from "./heatMapData.ts";

/**
 * The map of kept rows in the page: it runs in the reader's browser, where its text is put as it stands here, so it may
 * use nothing from outside itself. Crossbars of 1 x 1 lie side by side, the matrices of a depthwise layer in a square.
 */
export function heatMap(root: HTMLElement, layers: readonly HeatMapLayer[]): void {
  /** Pixels of a crossbar from which on its rows are drawn one by one, and its border. */
  const ROWS_FROM = 72;
  const BORDER_FROM = 14;
  const LARGEST = 1600;
  const NO_GROUP = 0xffff;
  const STOPS = ["440154", "3b528b", "21918c", "5ec962", "fde725"].map((hex) =>
    [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)),
  );

  type Loaded = HeatMapLayer & {
    counts: Uint16Array;
    masks: Uint32Array;
    placeOf: Map<number, number>;
    /** Matrices beside each other. */
    across: number;
    width: number;
    height: number;
    overview: HTMLCanvasElement;
    drawn: Map<number, HTMLCanvasElement>;
  };

  const find = <T extends HTMLElement>(selector: string): T => root.querySelector<T>(selector)!;
  const canvas = find<HTMLCanvasElement>("canvas");
  const choice = find<HTMLSelectElement>("select");
  const output = find<HTMLOutputElement>("output");
  const context = canvas.getContext("2d")!;
  let layer: Loaded | null = null;
  /** Crossbar at the left and top edge of the canvas, pixels of a crossbar, and those at which the whole layer is seen. */
  let view = { x: 0, y: 0, scale: 1 };
  let fit = 1;
  let selected = { x: 0, y: 0 };

  function colour(share: number): [number, number, number] {
    const at = Math.max(0, Math.min(1, share)) * (STOPS.length - 1);
    const low = Math.min(STOPS.length - 2, Math.floor(at));
    const mix = (part: number): number =>
      STOPS[low]![part]! + (at - low) * (STOPS[low + 1]![part]! - STOPS[low]![part]!);
    return [mix(0), mix(1), mix(2)];
  }

  function image(width: number, height: number, shareAt: (x: number, y: number) => number | null): HTMLCanvasElement {
    const made = document.createElement("canvas");
    made.width = width;
    made.height = height;
    const pixels = new ImageData(width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const share = shareAt(x, y);
        if (share !== null) pixels.data.set([...colour(share), 255], (y * width + x) * 4);
      }
    }
    made.getContext("2d")!.putImageData(pixels, 0, 0);
    return made;
  }

  async function load(own: HeatMapLayer): Promise<Loaded> {
    const packed = Uint8Array.from(atob(own.data), (character) => character.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const bytes = new DataView(await new Response(stream).arrayBuffer());
    const crossbarCount = own.matrixCount * own.rowBlockCount * own.colBlockCount;
    const countBytes = crossbarCount * own.groupsPerBlock * 2;
    const counts = Uint16Array.from({ length: countBytes / 2 }, (_, i) => bytes.getUint16(i * 2, true));
    const words = Uint32Array.from({ length: (bytes.byteLength - countBytes) / 4 }, (_, i) =>
      bytes.getUint32(countBytes + i * 4, true),
    );
    const placeOf = new Map(Array.from(words.subarray(0, own.storedCount), (crossbar, place) => [crossbar, place]));
    const ideal = Math.sqrt((own.matrixCount * own.rowBlockCount) / own.colBlockCount);
    const across = Math.max(1, Math.min(own.matrixCount, Math.round(ideal)));
    const width = across * own.colBlockCount;
    const height = Math.ceil(own.matrixCount / across) * own.rowBlockCount;
    const loaded = { ...own, counts, masks: words.subarray(own.storedCount), placeOf, across, width, height };
    const overview = image(width * own.groupsPerBlock, height, (x, y) => {
      const crossbar = crossbarAt(loaded, Math.floor(x / own.groupsPerBlock), y);
      const kept = crossbar === null ? NO_GROUP : counts[crossbar * own.groupsPerBlock + (x % own.groupsPerBlock)]!;
      return kept === NO_GROUP ? null : kept / rowsOf(loaded, y);
    });
    return { ...loaded, overview, drawn: new Map() };
  }

  type Places = Pick<
    Loaded,
    "across" | "rowBlockCount" | "colBlockCount" | "matrixCount" | "rowCount" | "crossbarRows"
  >;

  /** Number of the crossbar at a place of the map, null beyond the last matrix. */
  function crossbarAt(of: Places, x: number, y: number): number | null {
    const matrix = Math.floor(y / of.rowBlockCount) * of.across + Math.floor(x / of.colBlockCount);
    if (matrix >= of.matrixCount) return null;
    return (matrix * of.rowBlockCount + (y % of.rowBlockCount)) * of.colBlockCount + (x % of.colBlockCount);
  }

  function rowsOf(of: Places, y: number): number {
    return Math.min(of.crossbarRows, of.rowCount - (y % of.rowBlockCount) * of.crossbarRows);
  }

  /** Rows of a crossbar one by one; null where they are not stored. */
  function rowImage(of: Loaded, crossbar: number, y: number): HTMLCanvasElement | null {
    const place = of.placeOf.get(crossbar);
    if (place === undefined) return null;
    const known = of.drawn.get(crossbar);
    if (known !== undefined) return known;
    const { groupsPerBlock, counts, masks, crossbarRows } = of;
    const words = Math.ceil(crossbarRows / 32);
    const made = image(groupsPerBlock, crossbarRows, (group, row) => {
      if (row >= rowsOf(of, y) || counts[crossbar * groupsPerBlock + group] === NO_GROUP) return null;
      return (masks[(place * groupsPerBlock + group) * words + (row >> 5)]! >>> (row & 31)) & 1;
    });
    of.drawn.set(crossbar, made);
    return made;
  }

  function draw(): void {
    const ratio = window.devicePixelRatio;
    const { clientWidth, clientHeight } = canvas;
    canvas.width = Math.round(clientWidth * ratio);
    canvas.height = Math.round(clientHeight * ratio);
    if (layer === null) return;
    const { width, height, overview } = layer;
    const { x, y, scale } = view;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.imageSmoothingEnabled = scale < layer.groupsPerBlock;
    context.drawImage(overview, -x * scale, -y * scale, width * scale, height * scale);
    context.imageSmoothingEnabled = false;
    for (let row = Math.max(0, Math.floor(y)); row < Math.min(height, y + clientHeight / scale); row++) {
      for (let col = Math.max(0, Math.floor(x)); col < Math.min(width, x + clientWidth / scale); col++) {
        if (scale < BORDER_FROM) break;
        const crossbar = crossbarAt(layer, col, row);
        if (crossbar === null) continue;
        const [left, top] = [(col - x) * scale, (row - y) * scale];
        const rows = scale >= ROWS_FROM ? rowImage(layer, crossbar, row) : null;
        if (rows !== null) {
          context.clearRect(left, top, scale, scale);
          context.drawImage(rows, left, top, scale, scale);
        }
        context.lineWidth = 1;
        context.strokeStyle = "#8a8f98";
        context.strokeRect(left, top, scale, scale);
      }
    }
    const outline = Math.max(scale, 5);
    context.lineWidth = 4;
    context.strokeStyle = "#fff";
    context.strokeRect((selected.x - x) * scale, (selected.y - y) * scale, outline, outline);
    context.lineWidth = 2;
    context.strokeStyle = "#d6006c";
    context.strokeRect((selected.x - x) * scale, (selected.y - y) * scale, outline, outline);
    root.dataset.zoom = (scale / fit).toFixed(3);
    canvas.style.touchAction = scale > fit * 1.01 ? "none" : "pan-y";
  }

  function tell(): void {
    if (layer === null) return;
    const crossbar = crossbarAt(layer, selected.x, selected.y);
    if (crossbar === null) return;
    const { groupsPerBlock, rowBlockCount, colBlockCount, matrixCount, counts, placeOf } = layer;
    const groups = [...counts.subarray(crossbar * groupsPerBlock, (crossbar + 1) * groupsPerBlock)].filter(
      (n) => n !== NO_GROUP,
    );
    const kept = groups.reduce((sum, count) => sum + count, 0);
    const rows = rowsOf(layer, selected.y) * groups.length;
    const matrix = Math.floor(crossbar / (rowBlockCount * colBlockCount));
    const place = `row block ${(selected.y % rowBlockCount) + 1} of ${rowBlockCount}, column block ${(selected.x % colBlockCount) + 1} of ${colBlockCount}`;
    const share = `${kept.toLocaleString("en-US")} of ${rows.toLocaleString("en-US")} OU rows kept (${((100 * kept) / rows).toFixed(1)} %)`;
    const stored = placeOf.has(crossbar) ? "" : "; its rows are not in the file, only their number";
    output.textContent = `${matrixCount > 1 ? `matrix ${matrix + 1} of ${matrixCount}, ` : ""}${place}: ${share}; by group: ${groups.join(", ")}${stored}.`;
  }

  /** Keeps the map in sight. */
  function settle(): void {
    if (layer === null) return;
    const fitNow = Math.min(canvas.clientWidth / layer.width, canvas.clientHeight / layer.height, LARGEST / 4);
    if (view.scale <= fit * 1.001) view.scale = fitNow;
    fit = fitNow;
    view.scale = Math.max(fit, Math.min(LARGEST, view.scale));
    const inside = (at: number, size: number, shown: number): number =>
      shown >= size ? (size - shown) / 2 : Math.max(0, Math.min(size - shown, at));
    view.x = inside(view.x, layer.width, canvas.clientWidth / view.scale);
    view.y = inside(view.y, layer.height, canvas.clientHeight / view.scale);
    draw();
  }

  /** Zooms around a point of the map. */
  function zoom(factor: number, x = selected.x + 0.5, y = selected.y + 0.5): void {
    const scale = Math.max(fit, Math.min(LARGEST, view.scale * factor));
    view = { x: x - ((x - view.x) * view.scale) / scale, y: y - ((y - view.y) * view.scale) / scale, scale };
    settle();
  }

  /** Fills the canvas with the selected crossbar. */
  function enter(): void {
    const scale = Math.min(canvas.clientWidth, canvas.clientHeight) * 0.9;
    const [halfWidth, halfHeight] = [canvas.clientWidth / scale / 2, canvas.clientHeight / scale / 2];
    view = { x: selected.x + 0.5 - halfWidth, y: selected.y + 0.5 - halfHeight, scale: Math.max(fit, scale) };
    settle();
  }

  function whole(): void {
    view.scale = fit;
    settle();
  }

  function select(x: number, y: number): void {
    if (layer === null || x < 0 || y < 0 || x >= layer.width || y >= layer.height) return;
    if (crossbarAt(layer, x, y) === null) return;
    selected = { x, y };
    const [columns, rows] = [canvas.clientWidth / view.scale, canvas.clientHeight / view.scale];
    view.x = Math.min(x, Math.max(x + 1 - columns, view.x));
    view.y = Math.min(y, Math.max(y + 1 - rows, view.y));
    settle();
    tell();
  }

  async function show(index: number): Promise<void> {
    layer = await load(layers[index]!);
    selected = { x: 0, y: 0 };
    view = { x: 0, y: 0, scale: 0 };
    fit = Infinity;
    settle();
    tell();
    root.dataset.layer = layer.title;
  }

  const placeOfPointer = ({ offsetX, offsetY }: { offsetX: number; offsetY: number }) => ({
    x: view.x + offsetX / view.scale,
    y: view.y + offsetY / view.scale,
  });
  const steps: Record<string, [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = steps[event.key];
    if (step !== undefined) select(selected.x + step[0], selected.y + step[1]);
    else if (event.key === "+" || event.key === "=") zoom(1.5);
    else if (event.key === "-") zoom(1 / 1.5);
    else if (event.key === "Enter") enter();
    else if (event.key === "0" || event.key === "Escape") whole();
    else return;
    event.preventDefault();
  });
  let drag: { x: number; y: number; hasMoved: boolean } | null = null;
  canvas.addEventListener("pointerdown", (event) => {
    drag = { x: event.offsetX, y: event.offsetY, hasMoved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drag === null) return;
    const [dx, dy] = [event.offsetX - drag.x, event.offsetY - drag.y];
    if (!drag.hasMoved && Math.hypot(dx, dy) < 5) return;
    drag = { x: event.offsetX, y: event.offsetY, hasMoved: true };
    view.x -= dx / view.scale;
    view.y -= dy / view.scale;
    settle();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (drag !== null && !drag.hasMoved) {
      const { x, y } = placeOfPointer(event);
      select(Math.floor(x), Math.floor(y));
    }
    drag = null;
  });
  canvas.addEventListener("pointercancel", () => (drag = null));
  canvas.addEventListener("dblclick", (event) => {
    const { x, y } = placeOfPointer(event);
    zoom(2.5, x, y);
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      // The page scrolls on, unless the reader is at work in the map.
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      const { x, y } = placeOfPointer(event);
      zoom(Math.exp(-event.deltaY / 400), x, y);
    },
    { passive: false },
  );
  find("[data-do=in]").addEventListener("click", () => zoom(1.8));
  find("[data-do=out]").addEventListener("click", () => zoom(1 / 1.8));
  find("[data-do=enter]").addEventListener("click", enter);
  find("[data-do=whole]").addEventListener("click", whole);
  choice.addEventListener("change", () => void show(choice.selectedIndex));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(settle).observe(canvas);
  void show(choice.selectedIndex);
}
