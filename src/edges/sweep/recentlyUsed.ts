/** Promises by key, of which the last `capacity` used are kept; one that fails is forgotten. */
export class RecentlyUsed<K, V> {
  private readonly kept = new Map<K, Promise<V>>();

  constructor(private readonly capacity: number) {}

  has(key: K): boolean {
    return this.kept.has(key);
  }

  getOr(key: K, make: () => Promise<V>): Promise<V> {
    const known = this.kept.get(key);
    this.kept.delete(key);
    const value = known ?? make();
    this.kept.set(key, value);
    if (known === undefined) value.catch(() => this.kept.get(key) === value && this.kept.delete(key));
    while (this.kept.size > this.capacity) this.kept.delete(this.kept.keys().next().value!);
    return value;
  }
}
