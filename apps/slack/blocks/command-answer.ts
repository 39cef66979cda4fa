import type { CommandAnswer } from '#core/command/answer.ts';
import { ontoSentence } from '#core/onto.ts';
import { helpMessage, tableMessage } from './answers.ts';
import { code, context, type Message, mention, message, readable, section } from './text.ts';

/** What a command is answered with. Where all read it, it says who has done it. */
export function answerMessage({ understood, result }: CommandAnswer, user: string, changes: boolean): Message {
  const heard = context(`understood: ${code(`/swarm ${understood}`)}`);
  switch (result.kind) {
    case 'commands':
      return helpMessage(result.commands);
    case 'table': {
      const { text, blocks } = tableMessage(result.title, result.columns, result.rows);
      return message(text, [...blocks, heard]);
    }
    case 'text':
      return message(result.text, [section(`${changes ? `${mention(user)}: ` : ''}${readable(result.text)}`), heard]);
    case 'operation': {
      const where = changes ? 'It is told in this channel.' : 'You are told here when it has ended.';
      const { id, kind, state } = result.operation;
      return message(`${kind} ${id}: ${state}`, [
        section(`:ballot_box_with_check: ${kind} ${code(id)}: ${state}. ${where}`),
        ...(result.onto === null ? [] : [section(`:warning: ${ontoSentence(result.onto)}`)]),
        heard,
      ]);
    }
  }
}
