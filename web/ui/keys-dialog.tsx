import { useWords } from '../words/words.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import type { NavPage } from './shell.tsx'

/** Says what the keys do. */
export function KeysDialog({ pages, onClose }: { readonly pages: readonly NavPage[]; readonly onClose: () => void }) {
  const words = useWords()
  const { keys } = words
  const rows: readonly (readonly [string, string])[] = [
    ['?', keys.show],
    ...pages.map(({ key, title }) => [`g ${key}`, keys.go(title)] as const),
    ['p', keys.pause],
    ['a', keys.approve],
  ]
  return (
    <Dialog title={keys.title} onClose={onClose}>
      <dl className="keys">
        {rows.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div className="dialog-buttons">
        <Button onClick={onClose}>{words.close}</Button>
      </div>
    </Dialog>
  )
}
