import { useState } from 'react'
import { useWords } from '../words/words.ts'
import { Button } from './button.tsx'

/** Copies a text, and says that it did. Where the browser keeps the clipboard shut, it is not offered. */
export function CopyButton({ text, label }: { readonly text: () => string; readonly label?: string }) {
  const words = useWords()
  const [copied, setCopied] = useState(false)
  if (!('clipboard' in navigator)) return null
  const copy = (): void => {
    void navigator.clipboard.writeText(text()).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 2000)
    })
  }
  return (
    <Button tone="quiet" onClick={copy}>
      {/* Not an <output>: that would take the words out of the name of the button. */}
      <span aria-live="polite">{copied ? words.copied : (label ?? words.copy)}</span>
    </Button>
  )
}
