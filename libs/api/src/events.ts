import { ListMeta, ObjectMeta, Resource } from './metadata.js';
import { Nested, NestedList, Open, Text } from './property.js';

export class ObjectReference {
  @Text()
  kind: string;

  @Text()
  name: string;
}

export class EventSource {
  @Text({ description: 'The service that said it.' })
  component: string;
}

/** Something that happened to a resource. */
export class Event extends Resource {
  @Text({ oneOf: ['Event'] })
  kind: 'Event';

  @Nested(() => ObjectMeta)
  metadata: ObjectMeta;

  @Nested(() => ObjectReference)
  involvedObject: ObjectReference;

  @Text({ description: 'One word, for programs.' })
  reason: string;

  @Text({ description: 'A sentence, for people.' })
  message: string;

  @Text({ oneOf: ['Normal', 'Warning'] })
  type: 'Normal' | 'Warning';

  @Nested(() => EventSource)
  source: EventSource;

  @Text({ description: 'Who caused it: `user:` or `service:` and a name.' })
  actor: string;

  @Open({ optional: true })
  details?: object;
}

export class EventList extends Resource {
  @Text({ oneOf: ['EventList'] })
  kind: 'EventList';

  @Nested(() => ListMeta)
  metadata: ListMeta;

  @NestedList(() => Event)
  items: Event[];
}
