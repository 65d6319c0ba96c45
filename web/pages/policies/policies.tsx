import { Page } from '../../ui/page.tsx'
import { useWords } from '../../words/words.ts'

export function PoliciesPage() {
  return <Page title={useWords().nav.policies}>{null}</Page>
}
