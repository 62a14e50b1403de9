// The views that a welcome promises are views that the model has.

import { expect, test } from 'vitest'
import { viewsOf } from './KindWelcome.tsx'

test('a recurrent model is promised neither attention nor a lens', () => {
  expect(viewsOf(['state']).map(({ id }) => id)).toEqual(['state', 'probabilities'])
  expect(viewsOf(['attention']).map(({ id }) => id)).toEqual(['attention', 'probabilities', 'lens', 'inside'])
})
