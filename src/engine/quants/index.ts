// The weight formats. Adding one: its file beside this one, its two snippets in shaders/quants/, and a line here.

import { bf16 } from './bf16.ts'
import { f16 } from './f16.ts'
import { f32 } from './f32.ts'
import { fp4 } from './fp4.ts'
import { fp8 } from './fp8.ts'
import { uint4, uint4_bias, uint4_ordered, uint8, uint8_bias, uint8_ordered } from './grouped.ts'
import { i8 } from './i8.ts'
import { iq4_nl } from './iq4_nl.ts'
import { iq4_xs } from './iq4_xs.ts'
import { nf4 } from './nf4.ts'
import { q2_k } from './q2_k.ts'
import { q3_k } from './q3_k.ts'
import { q4_0 } from './q4_0.ts'
import { q4_1 } from './q4_1.ts'
import { q4_k } from './q4_k.ts'
import { q5_0 } from './q5_0.ts'
import { q5_1 } from './q5_1.ts'
import { q5_k } from './q5_k.ts'
import { q6_k } from './q6_k.ts'
import { q8_0 } from './q8_0.ts'

export const quants = [
  ...([f32, f16, bf16, nf4, q4_0, q4_1, q5_0, q5_1, q8_0, q2_k, q3_k, q4_k, q5_k, q6_k, iq4_nl, iq4_xs] as const),
  ...([i8, fp4, fp8, uint4, uint8, uint4_ordered, uint8_ordered, uint4_bias, uint8_bias] as const),
] as const

export type StorageFormat = (typeof quants)[number]['name']
