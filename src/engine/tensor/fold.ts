// Tensors of more than two axes read as matrices: neighbouring axes become one, and no value moves.

const product = (axes: readonly number[]): number => axes.reduce((n, axis) => n * axis, 1)

/** Is (experts, rows, columns), (rows, heads, width), or a single row, a matrix of this shape? One of two axes must be it. */
export function folds(shape: readonly number[], need: readonly number[]): boolean {
  if (shape.length === need.length) return shape.every((n, i) => n === need[i])
  if (shape.length === 1) return need.length === 2 && need[0] === 1 && need[1] === shape[0]
  return (
    need.length === 2 &&
    shape.length > 2 &&
    shape.some((_, i) => i > 0 && product(shape.slice(0, i)) === need[0] && product(shape.slice(i)) === need[1])
  )
}
