// One panel may fail while the page lives on: catches what a panel throws while drawing.

import { Component, type ReactNode } from 'react'

interface Props {
  children: ReactNode
  fallback: (error: Error, again: () => void) => ReactNode
}

export class Boundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }
  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
  override render() {
    const { error } = this.state
    return error ? this.props.fallback(error, () => this.setState({ error: null })) : this.props.children
  }
}
