import { describe, expect, it } from "vitest";
import { layOutGraph, type GraphLayout, type LayoutNode } from "../../../dashboard/model/graph-layout.ts";
import { isWithinCpuMs } from "../../support/cpu-time.ts";

const SIZES = { nodeWidth: 100, nodeHeight: 40, layerGap: 50, nodeGap: 10 };

function node(key: string, ...needs: readonly string[]): LayoutNode {
  return { key, needs };
}

function placeOf(layout: GraphLayout, key: string): { readonly x: number; readonly y: number } {
  const found = layout.nodes.find((placed) => placed.key === key);
  if (found === undefined) throw new Error(`${key} is not placed`);
  return found;
}

const FAN = [node("user"), node("a", "user"), node("b", "user"), node("merge", "user", "a", "b"), node("end", "merge")];

describe("the drawing of a run", () => {
  it("puts each node after everything that it needs", () => {
    const layout = layOutGraph(FAN, "right", SIZES);
    for (const { key, needs } of FAN) {
      for (const need of needs) expect(placeOf(layout, need).x).toBeLessThan(placeOf(layout, key).x);
    }
    expect(layout.edges).toHaveLength(6);
  });

  it("keeps all nodes apart and inside its size, in both directions", () => {
    const nodes = [
      ...FAN,
      ...Array.from({ length: 20 }, (_, index) => node(`n${index}`, index % 3 === 0 ? "a" : "user")),
    ];
    for (const direction of ["right", "down"] as const) {
      const layout = layOutGraph(nodes, direction, SIZES);
      expect(new Set(layout.nodes.map(({ x, y }) => `${x}/${y}`)).size).toBe(nodes.length);
      expect(Math.min(...layout.nodes.flatMap(({ x, y }) => [x, y]))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...layout.nodes.map(({ x }) => x + SIZES.nodeWidth))).toBe(layout.width);
      expect(Math.max(...layout.nodes.map(({ y }) => y + SIZES.nodeHeight))).toBe(layout.height);
    }
  });

  it("puts a node near what it needs, so that chains beside each other do not cross", () => {
    const layout = layOutGraph([node("a"), node("b"), node("b2", "b"), node("a2", "a")], "right", SIZES);
    expect(placeOf(layout, "a2").y).toBe(placeOf(layout, "a").y);
    expect(placeOf(layout, "b2").y).toBe(placeOf(layout, "b").y);
  });

  it("shows every node of a graph that has a cycle or needs a node that is not there", () => {
    const layout = layOutGraph([node("a", "c"), node("b", "a"), node("c", "b"), node("d", "missing")], "down", SIZES);
    expect(layout.nodes.map(({ key }) => key).toSorted()).toEqual(["a", "b", "c", "d"]);
  });

  it("draws nothing for no steps", () => {
    expect(layOutGraph([], "right", SIZES)).toEqual({ width: 0, height: 0, nodes: [], edges: [] });
  });

  it("places 500 steps within 50 ms", async () => {
    const nodes = Array.from({ length: 500 }, (_, index) =>
      node(`s${index}`, ...(index < 10 ? [] : [`s${index - 10}`, `s${index - 7}`])),
    );
    expect(await isWithinCpuMs(50, () => layOutGraph(nodes, "right", SIZES))).toBe(true);
  });
});
