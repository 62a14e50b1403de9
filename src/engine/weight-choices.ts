// What a model's weights may become while they are loaded, and what is said of each choice before. Types only.

/** What a file's weights become while loading, floats and packed ones alike; 'keep': what the file holds. */
export type WeightChoice = 'keep' | 'nf4' | 'i8' | 'f16'

/** The two kinds of weights that a choice is made for: linear layers; embedding and head. */
export type ChosenRole = 'linear' | 'embedding'

/**
 * Bytes on the device by choice: of the weights of this role, and of the whole model, the other role as the options have
 * it.
 */
export interface ChoiceSizes {
  /** the first choice that is what the model gets without one; null where floats and packed weights stand side by side */
  usual: WeightChoice | null
  /** `choice` null: without one, where that is none of the others */
  sizes: readonly { choice: WeightChoice | null; weights: number; total: number }[]
}
/** How far weights would be from what the file holds. */
export interface ChoiceErrors {
  /**
   * what the file holds: floats; or codes, of which nobody knows here how far they are from the floats they were made
   * of: errors come on top of that. null where the model has no such weights
   */
  held: 'floats' | 'codes' | 'both' | null
  errors: readonly {
    choice: WeightChoice | null
    /** ‖W' - W‖ / ‖W‖ over all rows that were read; null where a number is too large for the format */
    error: number | null
    /** the tensor with the largest error of its own, as the file calls it; null where there is none */
    worst: { tensor: string; error: number | null } | null
  }[]
}
/** What is measured before a load: from a sample of the rows of every matrix. */
export interface WeightErrors extends Record<ChosenRole, ChoiceErrors> {
  /** which part of all numbers of these matrices was read: 1 all of them */
  share: number
}
