/**
 * Names the queue of a shard. The braces keep a shard's keys in one slot of a Redis cluster.
 *
 * @param shard - The shard's number.
 * @returns The key of its sorted set.
 */
export function queueKey(shard: number): string {
  return `baton:{${shard}}:queue`;
}

/**
 * Names the mark that a shard's queue has been filled; a flush removes it with the queue.
 *
 * @param shard - The shard's number.
 * @returns The key of a string.
 */
export function queueMarkKey(shard: number): string {
  return `baton:{${shard}}:filled`;
}
