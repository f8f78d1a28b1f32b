import { Component, type ReactNode } from 'react'
import { ApiProblem } from '@/api/problem'
import { ProblemNote } from './ProblemNote'

type Props = { children: ReactNode /** When it changes, the region is tried anew. */; resetKey?: string }

/** Keeps a failure inside its region: the rest of the page lives on. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override componentDidUpdate(before: Props) {
    if (before.resetKey !== this.props.resetKey && this.state.error !== null) this.setState({ error: null })
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <div className="p-3">
        <ProblemNote problem={ApiProblem.from(this.state.error)} onRetry={() => this.setState({ error: null })} />
      </div>
    )
  }
}
