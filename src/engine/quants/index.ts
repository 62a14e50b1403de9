// The weight formats. Adding one: its file beside this one, its two snippets in shaders/quants/, and a line here.

import { bf16 } from './bf16.ts'
import { f16 } from './f16.ts'
import { f32 } from './f32.ts'
import { i8 } from './i8.ts'
import { nf4 } from './nf4.ts'
import { q4_0 } from './q4_0.ts'
import { q4_1 } from './q4_1.ts'
import { q8_0 } from './q8_0.ts'

export const quants = [f32, f16, bf16, nf4, q4_0, q4_1, q8_0, i8] as const

export type StorageFormat = (typeof quants)[number]['name']
