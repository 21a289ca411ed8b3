/** A node to place: its key and the keys of the nodes it needs. */
export interface LayoutNode {
  readonly key: string;
  readonly needs: readonly string[];
}

/** Where the graph flows to. */
export type LayoutDirection = "right" | "down";

/** Sizes in CSS pixels. */
export interface LayoutSizes {
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Between one layer and the next. */
  readonly layerGap: number;
  /** Between nodes of one layer. */
  readonly nodeGap: number;
}

/** Upper left corner of a node. */
export interface PlacedNode {
  readonly key: string;
  readonly x: number;
  readonly y: number;
}

/** A curve between two nodes, as the `d` of an SVG path. */
export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

/** A drawn graph; nodes layer by layer, which is a dependency order. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/**
 * Places the nodes of a graph in layers: each node one layer after the last node that it needs.
 *
 * @param nodes - The nodes; needs that are not among them are ignored, and so is a cycle's closing edge.
 * @param direction - Where the graph flows to.
 * @param sizes - Sizes of nodes and gaps.
 * @returns Where everything goes.
 */
export function layOutGraph(nodes: readonly LayoutNode[], direction: LayoutDirection, sizes: LayoutSizes): GraphLayout {
  const layers = orderLayers(layersOf(nodes), needsByKey(nodes));
  const spans = direction === "right" ? sizes.nodeHeight : sizes.nodeWidth;
  const depth = direction === "right" ? sizes.nodeWidth : sizes.nodeHeight;
  const breadthOf = (count: number): number => count * spans + (count - 1) * sizes.nodeGap;
  const breadth = Math.max(0, ...layers.map((layer) => breadthOf(layer.length)));
  const placed = layers.flatMap((layer, index) =>
    layer.map((key, place): PlacedNode => {
      const along = index * (depth + sizes.layerGap);
      const across = (breadth - breadthOf(layer.length)) / 2 + place * (spans + sizes.nodeGap);
      return direction === "right" ? { key, x: along, y: across } : { key, x: across, y: along };
    }),
  );
  const length = Math.max(0, layers.length * (depth + sizes.layerGap) - sizes.layerGap);
  return {
    width: direction === "right" ? length : breadth,
    height: direction === "right" ? breadth : length,
    nodes: placed,
    edges: edgesOf(nodes, placed, (from, to) => curve(from, to, { direction, sizes })),
  };
}

function needsByKey(nodes: readonly LayoutNode[]): ReadonlyMap<string, readonly string[]> {
  const keys = new Set(nodes.map(({ key }) => key));
  return new Map(nodes.map(({ key, needs }) => [key, needs.filter((need) => keys.has(need))]));
}

/** Takes off one layer after the other: the nodes whose needs are all placed (Kahn's algorithm). */
function layersOf(nodes: readonly LayoutNode[]): readonly (readonly string[])[] {
  const needs = needsByKey(nodes);
  const dependents = new Map<string, string[]>(nodes.map(({ key }) => [key, []]));
  const open = new Map<string, number>();
  for (const [key, own] of needs) {
    open.set(key, own.length);
    for (const need of own) dependents.get(need)?.push(key);
  }
  const layers: string[][] = [];
  const rest = new Set(needs.keys());
  let layer = [...rest].filter((key) => open.get(key) === 0);
  while (rest.size > 0) {
    // Nodes of a cycle never become free; the first of them starts a layer, so that all are shown.
    const current = layer.length > 0 ? layer : [...rest].slice(0, 1);
    for (const key of current) rest.delete(key);
    layers.push(current);
    layer = current.flatMap((key) => releaseDependents(dependents.get(key) ?? [], open)).filter((key) => rest.has(key));
  }
  return layers;
}

function releaseDependents(dependents: readonly string[], open: Map<string, number>): readonly string[] {
  return dependents.filter((key) => {
    const left = (open.get(key) ?? 0) - 1;
    open.set(key, left);
    return left === 0;
  });
}

/** Puts each node near the middle of what it needs: one sweep, which is enough for graphs that people write. */
function orderLayers(
  layers: readonly (readonly string[])[],
  needs: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const places = new Map<string, number>();
  return layers.map((layer) => {
    const ordered = layer.toSorted((a, b) => middleOf(needs.get(a), places) - middleOf(needs.get(b), places));
    ordered.forEach((key, place) => places.set(key, (place + 0.5) / ordered.length));
    return ordered;
  });
}

function middleOf(needs: readonly string[] | undefined, places: ReadonlyMap<string, number>): number {
  const known = (needs ?? []).map((need) => places.get(need) ?? 0.5);
  return known.length === 0 ? 0.5 : known.reduce((sum, place) => sum + place, 0) / known.length;
}

function edgesOf(
  nodes: readonly LayoutNode[],
  placed: readonly PlacedNode[],
  draw: (from: PlacedNode, to: PlacedNode) => string,
): readonly PlacedEdge[] {
  const places = new Map(placed.map((node) => [node.key, node]));
  return nodes.flatMap(({ key, needs }) =>
    needs.flatMap((need) => {
      const from = places.get(need);
      const to = places.get(key);
      return from === undefined || to === undefined ? [] : [{ from: need, to: key, path: draw(from, to) }];
    }),
  );
}

function curve(
  from: PlacedNode,
  to: PlacedNode,
  { direction, sizes }: { readonly direction: LayoutDirection; readonly sizes: LayoutSizes },
): string {
  const { nodeWidth, nodeHeight } = sizes;
  if (direction === "right") {
    const [x1, y1, x2, y2] = [from.x + nodeWidth, from.y + nodeHeight / 2, to.x, to.y + nodeHeight / 2];
    const middle = x2 - sizes.layerGap / 2;
    return `M${x1},${y1} H${x2 - sizes.layerGap} C${middle},${y1} ${middle},${y2} ${x2},${y2}`;
  }
  const [x1, y1, x2, y2] = [from.x + nodeWidth / 2, from.y + nodeHeight, to.x + nodeWidth / 2, to.y];
  const middle = y2 - sizes.layerGap / 2;
  return `M${x1},${y1} V${y2 - sizes.layerGap} C${x1},${middle} ${x2},${middle} ${x2},${y2}`;
}
