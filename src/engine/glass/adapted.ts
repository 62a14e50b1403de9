// The adapters of the loaded model, as far as the glass needs them.

import { changeNorms, type ChangeNorm } from '../adapters/norms.ts'
import type { Changes } from '../adapters/adapter.ts'
import type { AdapterVectors } from '../adapters/vectors.ts'
import type { Plan } from '../model/plan.ts'
import type { AdapterInfo } from '../types.ts'
import type { AdapterNorms, ModuleNorm } from './adapter-types.ts'

export class Adapted {
  private known: Promise<Map<string, ChangeNorm[]>> | null = null

  /** @param list those of the model, as they are now @param changes by name */
  constructor(
    private readonly plan: Plan,
    readonly vectors: AdapterVectors,
    private readonly changes: ReadonlyMap<string, Changes>,
    readonly list: () => readonly AdapterInfo[],
  ) {}

  /** Strengths with one of them off, or with all. */
  without(name: string | undefined): Map<string, number> {
    return new Map(
      [...this.vectors.strengths].map(([own, scale]) => [own, name === undefined || own === name ? 0 : scale]),
    )
  }

  /** The model's matrices are read once; strengths are those of now. */
  async norms(): Promise<AdapterNorms[]> {
    const read = async (): Promise<Map<string, ChangeNorm[]>> => {
      const found = new Map<string, ChangeNorm[]>()
      for (const [name, changes] of this.changes) found.set(name, await changeNorms(this.plan, this.vectors, changes))
      return found
    }
    this.known ??= read()
    const known = await this.known.catch((error: unknown) => {
      this.known = null
      throw error
    })
    return this.list().map(({ name, kind, scale, modules, before }): AdapterNorms => {
      const measured = known.get(name) ?? []
      const said = new Set(measured.map(({ at }) => pathOf(at)))
      const others = modules.filter(
        (path) => !said.has(pathOf(path)) && !measured.some(({ at }) => at.startsWith(`${path}.`)),
      )
      const all: ModuleNorm[] = [
        ...measured.map(({ at, isVector, layer, base, delta }) => ({
          module: at,
          layer,
          name: nameIn(layer, pathOf(at)),
          isVector,
          delta: Number.isNaN(delta(scale)) ? null : Math.sqrt(delta(scale)),
          base: Math.sqrt(base),
        })),
        ...others.map((module): ModuleNorm => {
          const layer = this.layerOf(module)
          return { module, layer, name: nameIn(layer, module), isVector: false, delta: null, base: null }
        }),
      ]
      return {
        adapter: name,
        kind,
        strength: scale,
        modules: all.sort((a, b) => a.layer - b.layer),
        why: before !== undefined ? 'lead' : measured.length === 0 ? 'function' : null,
      }
    })
  }

  /** The layer of the steps that compute with a module's matrix; -1: of none, or of several. */
  private layerOf(module: string): number {
    const { steps, weights } = this.plan
    const layers = new Set(
      steps.flatMap(({ args, layer }) =>
        weights[args['weight'] ?? '']?.parts.some(({ tensor }) => pathOf(tensor) === module) ? [layer] : [],
      ),
    )
    return layers.size === 1 ? [...layers][0]! : -1
  }
}

const pathOf = (tensor: string): string => tensor.replace(/\.weight$/, '')
/** What stands behind the layer's number. */
const nameIn = (layer: number, path: string): string => (layer < 0 ? path : path.replace(/^.*?\.\d+\./, ''))
