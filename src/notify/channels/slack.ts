import type { Channel } from '../channel.ts'
import { postJson, type Place } from '../post.ts'

/** What a Slack block may hold. */
const HEADER_LENGTH = 150
const TEXT_LENGTH = 2900

/** Posts to a Slack incoming webhook. Only `plain_text` blocks: what comes from outside is never read as markup there. */
export function slackChannel(about: Pick<Channel, 'name' | 'on' | 'least'>, place: Place): Channel {
  const plain = (text: string, most: number): object => ({ type: 'plain_text', emoji: false, text: cut(text, most) })
  return {
    ...about,
    send: ({ title, lines, severity, occasion, at }, abort) => {
      const body = [...lines, `${severity}, ${occasion}, ${new Date(at).toISOString()}`].join('\n')
      const blocks = [
        { type: 'header', text: plain(title, HEADER_LENGTH) },
        { type: 'section', text: plain(body, TEXT_LENGTH) },
      ]
      // `text` is what a phone shows of it, and there Slack does read markup.
      const message = { text: escaped(cut(title, HEADER_LENGTH)), unfurl_links: false, unfurl_media: false, blocks }
      return postJson(place, message, { what: `Slack, by '${about.name}'`, abort })
    },
  }
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/** Slack's three control characters, and the marks that would make text bold, code or a mention. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
