/** The commands of Redis 7.0: written and checked by table.integration.spec.ts on such a server. */
import type { Commands } from '../commands.js';

export const redis70: Commands = {
  acl: { since: '6.0.0' },
  'acl|cat': {
    since: '6.0.0',
    arguments: [{ name: 'categoryname', type: 'string', flags: ['optional'] }],
  },
  'acl|deluser': {
    since: '6.0.0',
    arguments: [{ name: 'username', type: 'string', flags: ['multiple'] }],
  },
  'acl|dryrun': {
    since: '7.0.0',
    arguments: [
      { name: 'username', type: 'string' },
      { name: 'command', type: 'string' },
      { name: 'arg', type: 'string', flags: ['optional', 'multiple'] },
    ],
  },
  'acl|genpass': {
    since: '6.0.0',
    arguments: [{ name: 'bits', type: 'integer', flags: ['optional'] }],
  },
  'acl|getuser': { since: '6.0.0', arguments: [{ name: 'username', type: 'string' }] },
  'acl|help': { since: '6.0.0' },
  'acl|list': { since: '6.0.0' },
  'acl|load': { since: '6.0.0' },
  'acl|log': {
    since: '6.0.0',
    arguments: [
      {
        name: 'operation',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'count', type: 'integer' },
          { name: 'reset', type: 'pure-token', token: 'RESET' },
        ],
      },
    ],
  },
  'acl|save': { since: '6.0.0' },
  'acl|setuser': {
    since: '6.0.0',
    arguments: [
      { name: 'username', type: 'string' },
      { name: 'rule', type: 'string', flags: ['optional', 'multiple'] },
    ],
  },
  'acl|users': { since: '6.0.0' },
  'acl|whoami': { since: '6.0.0' },
  append: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'value', type: 'string' },
    ],
  },
  asking: { since: '3.0.0' },
  auth: {
    since: '1.0.0',
    arguments: [
      { name: 'username', type: 'string', since: '6.0.0', flags: ['optional'] },
      { name: 'password', type: 'string' },
    ],
  },
  bgrewriteaof: { since: '1.0.0' },
  bgsave: {
    since: '1.0.0',
    arguments: [
      {
        name: 'schedule',
        type: 'pure-token',
        token: 'SCHEDULE',
        since: '3.2.2',
        flags: ['optional'],
      },
    ],
  },
  bitcount: {
    since: '2.6.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'index',
        type: 'block',
        flags: ['optional'],
        arguments: [
          { name: 'start', type: 'integer' },
          { name: 'end', type: 'integer' },
          {
            name: 'index_unit',
            type: 'oneof',
            since: '7.0.0',
            flags: ['optional'],
            arguments: [
              { name: 'byte', type: 'pure-token', token: 'BYTE' },
              { name: 'bit', type: 'pure-token', token: 'BIT' },
            ],
          },
        ],
      },
    ],
  },
  bitfield: {
    since: '3.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'operation',
        type: 'oneof',
        flags: ['optional', 'multiple'],
        arguments: [
          {
            name: 'encoding_offset',
            type: 'block',
            token: 'GET',
            arguments: [
              { name: 'encoding', type: 'string' },
              { name: 'offset', type: 'integer' },
            ],
          },
          {
            name: 'write',
            type: 'block',
            arguments: [
              {
                name: 'wrap_sat_fail',
                type: 'oneof',
                token: 'OVERFLOW',
                flags: ['optional'],
                arguments: [
                  { name: 'wrap', type: 'pure-token', token: 'WRAP' },
                  { name: 'sat', type: 'pure-token', token: 'SAT' },
                  { name: 'fail', type: 'pure-token', token: 'FAIL' },
                ],
              },
              {
                name: 'write_operation',
                type: 'oneof',
                arguments: [
                  {
                    name: 'encoding_offset_value',
                    type: 'block',
                    token: 'SET',
                    arguments: [
                      { name: 'encoding', type: 'string' },
                      { name: 'offset', type: 'integer' },
                      { name: 'value', type: 'integer' },
                    ],
                  },
                  {
                    name: 'encoding_offset_increment',
                    type: 'block',
                    token: 'INCRBY',
                    arguments: [
                      { name: 'encoding', type: 'string' },
                      { name: 'offset', type: 'integer' },
                      { name: 'increment', type: 'integer' },
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
  bitfield_ro: {
    since: '6.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'encoding_offset',
        type: 'block',
        token: 'GET',
        flags: ['optional', 'multiple', 'multiple_token'],
        arguments: [
          { name: 'encoding', type: 'string' },
          { name: 'offset', type: 'integer' },
        ],
      },
    ],
  },
  bitop: {
    since: '2.6.0',
    arguments: [
      { name: 'operation', type: 'string' },
      { name: 'destkey', type: 'key' },
      { name: 'key', type: 'key', flags: ['multiple'] },
    ],
  },
  bitpos: {
    since: '2.8.7',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'bit', type: 'integer' },
      {
        name: 'index',
        type: 'block',
        flags: ['optional'],
        arguments: [
          { name: 'start', type: 'integer' },
          {
            name: 'end_index',
            type: 'block',
            flags: ['optional'],
            arguments: [
              { name: 'end', type: 'integer' },
              {
                name: 'index_unit',
                type: 'oneof',
                since: '7.0.0',
                flags: ['optional'],
                arguments: [
                  { name: 'byte', type: 'pure-token', token: 'BYTE' },
                  { name: 'bit', type: 'pure-token', token: 'BIT' },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
  blmove: {
    since: '6.2.0',
    arguments: [
      { name: 'source', type: 'key' },
      { name: 'destination', type: 'key' },
      {
        name: 'wherefrom',
        type: 'oneof',
        arguments: [
          { name: 'left', type: 'pure-token', token: 'LEFT' },
          { name: 'right', type: 'pure-token', token: 'RIGHT' },
        ],
      },
      {
        name: 'whereto',
        type: 'oneof',
        arguments: [
          { name: 'left', type: 'pure-token', token: 'LEFT' },
          { name: 'right', type: 'pure-token', token: 'RIGHT' },
        ],
      },
      { name: 'timeout', type: 'double' },
    ],
  },
  blmpop: {
    since: '7.0.0',
    arguments: [
      { name: 'timeout', type: 'double' },
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
      {
        name: 'where',
        type: 'oneof',
        arguments: [
          { name: 'left', type: 'pure-token', token: 'LEFT' },
          { name: 'right', type: 'pure-token', token: 'RIGHT' },
        ],
      },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
    ],
  },
  blpop: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key', flags: ['multiple'] },
      { name: 'timeout', type: 'double' },
    ],
  },
  brpop: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key', flags: ['multiple'] },
      { name: 'timeout', type: 'double' },
    ],
  },
  brpoplpush: {
    since: '2.2.0',
    arguments: [
      { name: 'source', type: 'key' },
      { name: 'destination', type: 'key' },
      { name: 'timeout', type: 'double' },
    ],
  },
  bzmpop: {
    since: '7.0.0',
    arguments: [
      { name: 'timeout', type: 'double' },
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
      {
        name: 'where',
        type: 'oneof',
        arguments: [
          { name: 'min', type: 'pure-token', token: 'MIN' },
          { name: 'max', type: 'pure-token', token: 'MAX' },
        ],
      },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
    ],
  },
  bzpopmax: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key', flags: ['multiple'] },
      { name: 'timeout', type: 'double' },
    ],
  },
  bzpopmin: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key', flags: ['multiple'] },
      { name: 'timeout', type: 'double' },
    ],
  },
  client: { since: '2.4.0' },
  'client|caching': {
    since: '6.0.0',
    arguments: [
      {
        name: 'mode',
        type: 'oneof',
        arguments: [
          { name: 'yes', type: 'pure-token', token: 'YES' },
          { name: 'no', type: 'pure-token', token: 'NO' },
        ],
      },
    ],
  },
  'client|getname': { since: '2.6.9' },
  'client|getredir': { since: '6.0.0' },
  'client|help': { since: '5.0.0' },
  'client|id': { since: '5.0.0' },
  'client|info': { since: '6.2.0' },
  'client|kill': {
    since: '2.4.0',
    arguments: [
      {
        name: 'filter',
        type: 'oneof',
        arguments: [
          { name: 'ip:port', type: 'string' },
          {
            name: 'new-format',
            type: 'oneof',
            flags: ['multiple'],
            arguments: [
              {
                name: 'client-id',
                type: 'integer',
                token: 'ID',
                since: '2.8.12',
                flags: ['optional'],
              },
              {
                name: 'normal_master_slave_pubsub',
                type: 'oneof',
                token: 'TYPE',
                since: '2.8.12',
                flags: ['optional'],
                arguments: [
                  { name: 'normal', type: 'pure-token', token: 'NORMAL' },
                  { name: 'master', type: 'pure-token', token: 'MASTER', since: '3.2.0' },
                  { name: 'slave', type: 'pure-token', token: 'SLAVE' },
                  { name: 'replica', type: 'pure-token', token: 'REPLICA', since: '5.0.0' },
                  { name: 'pubsub', type: 'pure-token', token: 'PUBSUB' },
                ],
              },
              { name: 'username', type: 'string', token: 'USER', flags: ['optional'] },
              { name: 'ip:port', type: 'string', token: 'ADDR', flags: ['optional'] },
              {
                name: 'ip:port',
                type: 'string',
                token: 'LADDR',
                since: '6.2.0',
                flags: ['optional'],
              },
              { name: 'yes/no', type: 'string', token: 'SKIPME', flags: ['optional'] },
            ],
          },
        ],
      },
    ],
  },
  'client|list': {
    since: '2.4.0',
    arguments: [
      {
        name: 'normal_master_replica_pubsub',
        type: 'oneof',
        token: 'TYPE',
        since: '5.0.0',
        flags: ['optional'],
        arguments: [
          { name: 'normal', type: 'pure-token', token: 'NORMAL' },
          { name: 'master', type: 'pure-token', token: 'MASTER' },
          { name: 'replica', type: 'pure-token', token: 'REPLICA' },
          { name: 'pubsub', type: 'pure-token', token: 'PUBSUB' },
        ],
      },
      {
        name: 'id',
        type: 'block',
        token: 'ID',
        since: '6.2.0',
        flags: ['optional'],
        arguments: [{ name: 'client-id', type: 'integer', flags: ['multiple'] }],
      },
    ],
  },
  'client|no-evict': {
    since: '7.0.0',
    arguments: [
      {
        name: 'enabled',
        type: 'oneof',
        arguments: [
          { name: 'on', type: 'pure-token', token: 'ON' },
          { name: 'off', type: 'pure-token', token: 'OFF' },
        ],
      },
    ],
  },
  'client|pause': {
    since: '2.9.50',
    arguments: [
      { name: 'timeout', type: 'integer' },
      {
        name: 'mode',
        type: 'oneof',
        since: '6.2.0',
        flags: ['optional'],
        arguments: [
          { name: 'write', type: 'pure-token', token: 'WRITE' },
          { name: 'all', type: 'pure-token', token: 'ALL' },
        ],
      },
    ],
  },
  'client|reply': {
    since: '3.2.0',
    arguments: [
      {
        name: 'on_off_skip',
        type: 'oneof',
        arguments: [
          { name: 'on', type: 'pure-token', token: 'ON' },
          { name: 'off', type: 'pure-token', token: 'OFF' },
          { name: 'skip', type: 'pure-token', token: 'SKIP' },
        ],
      },
    ],
  },
  'client|setname': { since: '2.6.9', arguments: [{ name: 'connection-name', type: 'string' }] },
  'client|tracking': {
    since: '6.0.0',
    arguments: [
      {
        name: 'status',
        type: 'oneof',
        arguments: [
          { name: 'on', type: 'pure-token', token: 'ON' },
          { name: 'off', type: 'pure-token', token: 'OFF' },
        ],
      },
      { name: 'client-id', type: 'integer', token: 'REDIRECT', flags: ['optional'] },
      {
        name: 'prefix',
        type: 'string',
        token: 'PREFIX',
        flags: ['optional', 'multiple', 'multiple_token'],
      },
      { name: 'bcast', type: 'pure-token', token: 'BCAST', flags: ['optional'] },
      { name: 'optin', type: 'pure-token', token: 'OPTIN', flags: ['optional'] },
      { name: 'optout', type: 'pure-token', token: 'OPTOUT', flags: ['optional'] },
      { name: 'noloop', type: 'pure-token', token: 'NOLOOP', flags: ['optional'] },
    ],
  },
  'client|trackinginfo': { since: '6.2.0' },
  'client|unblock': {
    since: '5.0.0',
    arguments: [
      { name: 'client-id', type: 'integer' },
      {
        name: 'timeout_error',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'timeout', type: 'pure-token', token: 'TIMEOUT' },
          { name: 'error', type: 'pure-token', token: 'ERROR' },
        ],
      },
    ],
  },
  'client|unpause': { since: '6.2.0' },
  cluster: { since: '3.0.0' },
  'cluster|addslots': {
    since: '3.0.0',
    arguments: [{ name: 'slot', type: 'integer', flags: ['multiple'] }],
  },
  'cluster|addslotsrange': {
    since: '7.0.0',
    arguments: [
      {
        name: 'start-slot_end-slot',
        type: 'block',
        flags: ['multiple'],
        arguments: [
          { name: 'start-slot', type: 'integer' },
          { name: 'end-slot', type: 'integer' },
        ],
      },
    ],
  },
  'cluster|bumpepoch': { since: '3.0.0' },
  'cluster|count-failure-reports': {
    since: '3.0.0',
    arguments: [{ name: 'node-id', type: 'string' }],
  },
  'cluster|countkeysinslot': { since: '3.0.0', arguments: [{ name: 'slot', type: 'integer' }] },
  'cluster|delslots': {
    since: '3.0.0',
    arguments: [{ name: 'slot', type: 'integer', flags: ['multiple'] }],
  },
  'cluster|delslotsrange': {
    since: '7.0.0',
    arguments: [
      {
        name: 'start-slot_end-slot',
        type: 'block',
        flags: ['multiple'],
        arguments: [
          { name: 'start-slot', type: 'integer' },
          { name: 'end-slot', type: 'integer' },
        ],
      },
    ],
  },
  'cluster|failover': {
    since: '3.0.0',
    arguments: [
      {
        name: 'options',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'force', type: 'pure-token', token: 'FORCE' },
          { name: 'takeover', type: 'pure-token', token: 'TAKEOVER' },
        ],
      },
    ],
  },
  'cluster|flushslots': { since: '3.0.0' },
  'cluster|forget': { since: '3.0.0', arguments: [{ name: 'node-id', type: 'string' }] },
  'cluster|getkeysinslot': {
    since: '3.0.0',
    arguments: [
      { name: 'slot', type: 'integer' },
      { name: 'count', type: 'integer' },
    ],
  },
  'cluster|help': { since: '5.0.0' },
  'cluster|info': { since: '3.0.0' },
  'cluster|keyslot': { since: '3.0.0', arguments: [{ name: 'key', type: 'string' }] },
  'cluster|links': { since: '7.0.0' },
  'cluster|meet': {
    since: '3.0.0',
    arguments: [
      { name: 'ip', type: 'string' },
      { name: 'port', type: 'integer' },
      { name: 'cluster_bus_port', type: 'integer', since: '4.0.0', flags: ['optional'] },
    ],
  },
  'cluster|myid': { since: '3.0.0' },
  'cluster|nodes': { since: '3.0.0' },
  'cluster|replicas': { since: '5.0.0', arguments: [{ name: 'node-id', type: 'string' }] },
  'cluster|replicate': { since: '3.0.0', arguments: [{ name: 'node-id', type: 'string' }] },
  'cluster|reset': {
    since: '3.0.0',
    arguments: [
      {
        name: 'hard_soft',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'hard', type: 'pure-token', token: 'HARD' },
          { name: 'soft', type: 'pure-token', token: 'SOFT' },
        ],
      },
    ],
  },
  'cluster|saveconfig': { since: '3.0.0' },
  'cluster|set-config-epoch': {
    since: '3.0.0',
    arguments: [{ name: 'config-epoch', type: 'integer' }],
  },
  'cluster|setslot': {
    since: '3.0.0',
    arguments: [
      { name: 'slot', type: 'integer' },
      {
        name: 'subcommand',
        type: 'oneof',
        arguments: [
          { name: 'node-id', type: 'string', token: 'IMPORTING' },
          { name: 'node-id', type: 'string', token: 'MIGRATING' },
          { name: 'node-id', type: 'string', token: 'NODE' },
          { name: 'stable', type: 'pure-token', token: 'STABLE' },
        ],
      },
    ],
  },
  'cluster|shards': { since: '7.0.0' },
  'cluster|slaves': { since: '3.0.0', arguments: [{ name: 'node-id', type: 'string' }] },
  'cluster|slots': { since: '3.0.0' },
  command: { since: '2.8.13' },
  'command|count': { since: '2.8.13' },
  'command|docs': {
    since: '7.0.0',
    arguments: [{ name: 'command-name', type: 'string', flags: ['optional', 'multiple'] }],
  },
  'command|getkeys': { since: '2.8.13' },
  'command|getkeysandflags': { since: '7.0.0' },
  'command|help': { since: '5.0.0' },
  'command|info': {
    since: '2.8.13',
    arguments: [{ name: 'command-name', type: 'string', flags: ['optional', 'multiple'] }],
  },
  'command|list': {
    since: '7.0.0',
    arguments: [
      {
        name: 'filterby',
        type: 'oneof',
        token: 'FILTERBY',
        flags: ['optional'],
        arguments: [
          { name: 'module-name', type: 'string', token: 'MODULE' },
          { name: 'category', type: 'string', token: 'ACLCAT' },
          { name: 'pattern', type: 'pattern', token: 'PATTERN' },
        ],
      },
    ],
  },
  config: { since: '2.0.0' },
  'config|get': {
    since: '2.0.0',
    arguments: [
      {
        name: 'parameter',
        type: 'block',
        flags: ['multiple'],
        arguments: [{ name: 'parameter', type: 'string' }],
      },
    ],
  },
  'config|help': { since: '5.0.0' },
  'config|resetstat': { since: '2.0.0' },
  'config|rewrite': { since: '2.8.0' },
  'config|set': {
    since: '2.0.0',
    arguments: [
      {
        name: 'parameter_value',
        type: 'block',
        flags: ['multiple'],
        arguments: [
          { name: 'parameter', type: 'string' },
          { name: 'value', type: 'string' },
        ],
      },
    ],
  },
  copy: {
    since: '6.2.0',
    arguments: [
      { name: 'source', type: 'key' },
      { name: 'destination', type: 'key' },
      { name: 'destination-db', type: 'integer', token: 'DB', flags: ['optional'] },
      { name: 'replace', type: 'pure-token', token: 'REPLACE', flags: ['optional'] },
    ],
  },
  dbsize: { since: '1.0.0' },
  debug: { since: '1.0.0' },
  decr: { since: '1.0.0', arguments: [{ name: 'key', type: 'key' }] },
  decrby: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'decrement', type: 'integer' },
    ],
  },
  del: { since: '1.0.0', arguments: [{ name: 'key', type: 'key', flags: ['multiple'] }] },
  discard: { since: '2.0.0' },
  dump: { since: '2.6.0', arguments: [{ name: 'key', type: 'key' }] },
  echo: { since: '1.0.0', arguments: [{ name: 'message', type: 'string' }] },
  eval: {
    since: '2.6.0',
    arguments: [
      { name: 'script', type: 'string' },
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['optional', 'multiple'] },
      { name: 'arg', type: 'string', flags: ['optional', 'multiple'] },
    ],
  },
  eval_ro: {
    since: '7.0.0',
    arguments: [
      { name: 'script', type: 'string' },
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['optional', 'multiple'] },
      { name: 'arg', type: 'string', flags: ['optional', 'multiple'] },
    ],
  },
  evalsha: {
    since: '2.6.0',
    arguments: [
      { name: 'sha1', type: 'string' },
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['optional', 'multiple'] },
      { name: 'arg', type: 'string', flags: ['optional', 'multiple'] },
    ],
  },
  evalsha_ro: {
    since: '7.0.0',
    arguments: [
      { name: 'sha1', type: 'string' },
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['optional', 'multiple'] },
      { name: 'arg', type: 'string', flags: ['optional', 'multiple'] },
    ],
  },
  exec: { since: '1.2.0' },
  exists: { since: '1.0.0', arguments: [{ name: 'key', type: 'key', flags: ['multiple'] }] },
  expire: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'seconds', type: 'integer' },
      {
        name: 'condition',
        type: 'oneof',
        since: '7.0.0',
        flags: ['optional'],
        arguments: [
          { name: 'nx', type: 'pure-token', token: 'NX' },
          { name: 'xx', type: 'pure-token', token: 'XX' },
          { name: 'gt', type: 'pure-token', token: 'GT' },
          { name: 'lt', type: 'pure-token', token: 'LT' },
        ],
      },
    ],
  },
  expireat: {
    since: '1.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'unix-time-seconds', type: 'unix-time' },
      {
        name: 'condition',
        type: 'oneof',
        since: '7.0.0',
        flags: ['optional'],
        arguments: [
          { name: 'nx', type: 'pure-token', token: 'NX' },
          { name: 'xx', type: 'pure-token', token: 'XX' },
          { name: 'gt', type: 'pure-token', token: 'GT' },
          { name: 'lt', type: 'pure-token', token: 'LT' },
        ],
      },
    ],
  },
  expiretime: { since: '7.0.0', arguments: [{ name: 'key', type: 'key' }] },
  failover: {
    since: '6.2.0',
    arguments: [
      {
        name: 'target',
        type: 'block',
        token: 'TO',
        flags: ['optional'],
        arguments: [
          { name: 'host', type: 'string' },
          { name: 'port', type: 'integer' },
          { name: 'force', type: 'pure-token', token: 'FORCE', flags: ['optional'] },
        ],
      },
      { name: 'abort', type: 'pure-token', token: 'ABORT', flags: ['optional'] },
      { name: 'milliseconds', type: 'integer', token: 'TIMEOUT', flags: ['optional'] },
    ],
  },
  fcall: {
    since: '7.0.0',
    arguments: [
      { name: 'function', type: 'string' },
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['optional', 'multiple'] },
      { name: 'arg', type: 'string', flags: ['optional', 'multiple'] },
    ],
  },
  fcall_ro: {
    since: '7.0.0',
    arguments: [
      { name: 'function', type: 'string' },
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['optional', 'multiple'] },
      { name: 'arg', type: 'string', flags: ['optional', 'multiple'] },
    ],
  },
  flushall: {
    since: '1.0.0',
    arguments: [
      {
        name: 'async',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'async', type: 'pure-token', token: 'ASYNC', since: '4.0.0' },
          { name: 'sync', type: 'pure-token', token: 'SYNC', since: '6.2.0' },
        ],
      },
    ],
  },
  flushdb: {
    since: '1.0.0',
    arguments: [
      {
        name: 'async',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'async', type: 'pure-token', token: 'ASYNC', since: '4.0.0' },
          { name: 'sync', type: 'pure-token', token: 'SYNC', since: '6.2.0' },
        ],
      },
    ],
  },
  function: { since: '7.0.0' },
  'function|delete': { since: '7.0.0', arguments: [{ name: 'library-name', type: 'string' }] },
  'function|dump': { since: '7.0.0' },
  'function|flush': {
    since: '7.0.0',
    arguments: [
      {
        name: 'async',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'async', type: 'pure-token', token: 'ASYNC' },
          { name: 'sync', type: 'pure-token', token: 'SYNC' },
        ],
      },
    ],
  },
  'function|help': { since: '7.0.0' },
  'function|kill': { since: '7.0.0' },
  'function|list': {
    since: '7.0.0',
    arguments: [
      { name: 'library-name-pattern', type: 'string', token: 'LIBRARYNAME', flags: ['optional'] },
      { name: 'withcode', type: 'pure-token', token: 'WITHCODE', flags: ['optional'] },
    ],
  },
  'function|load': {
    since: '7.0.0',
    arguments: [
      { name: 'replace', type: 'pure-token', token: 'REPLACE', flags: ['optional'] },
      { name: 'function-code', type: 'string' },
    ],
  },
  'function|restore': {
    since: '7.0.0',
    arguments: [
      { name: 'serialized-value', type: 'string' },
      {
        name: 'policy',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'flush', type: 'pure-token', token: 'FLUSH' },
          { name: 'append', type: 'pure-token', token: 'APPEND' },
          { name: 'replace', type: 'pure-token', token: 'REPLACE' },
        ],
      },
    ],
  },
  'function|stats': { since: '7.0.0' },
  geoadd: {
    since: '3.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'condition',
        type: 'oneof',
        since: '6.2.0',
        flags: ['optional'],
        arguments: [
          { name: 'nx', type: 'pure-token', token: 'NX' },
          { name: 'xx', type: 'pure-token', token: 'XX' },
        ],
      },
      { name: 'change', type: 'pure-token', token: 'CH', since: '6.2.0', flags: ['optional'] },
      {
        name: 'longitude_latitude_member',
        type: 'block',
        flags: ['multiple'],
        arguments: [
          { name: 'longitude', type: 'double' },
          { name: 'latitude', type: 'double' },
          { name: 'member', type: 'string' },
        ],
      },
    ],
  },
  geodist: {
    since: '3.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member1', type: 'string' },
      { name: 'member2', type: 'string' },
      {
        name: 'unit',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'm', type: 'pure-token', token: 'M' },
          { name: 'km', type: 'pure-token', token: 'KM' },
          { name: 'ft', type: 'pure-token', token: 'FT' },
          { name: 'mi', type: 'pure-token', token: 'MI' },
        ],
      },
    ],
  },
  geohash: {
    since: '3.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string', flags: ['multiple'] },
    ],
  },
  geopos: {
    since: '3.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string', flags: ['multiple'] },
    ],
  },
  georadius: {
    since: '3.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'longitude', type: 'double' },
      { name: 'latitude', type: 'double' },
      { name: 'radius', type: 'double' },
      {
        name: 'unit',
        type: 'oneof',
        arguments: [
          { name: 'm', type: 'pure-token', token: 'M' },
          { name: 'km', type: 'pure-token', token: 'KM' },
          { name: 'ft', type: 'pure-token', token: 'FT' },
          { name: 'mi', type: 'pure-token', token: 'MI' },
        ],
      },
      { name: 'withcoord', type: 'pure-token', token: 'WITHCOORD', flags: ['optional'] },
      { name: 'withdist', type: 'pure-token', token: 'WITHDIST', flags: ['optional'] },
      { name: 'withhash', type: 'pure-token', token: 'WITHHASH', flags: ['optional'] },
      {
        name: 'count',
        type: 'block',
        flags: ['optional'],
        arguments: [
          { name: 'count', type: 'integer', token: 'COUNT' },
          { name: 'any', type: 'pure-token', token: 'ANY', since: '6.2.0', flags: ['optional'] },
        ],
      },
      {
        name: 'order',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'asc', type: 'pure-token', token: 'ASC' },
          { name: 'desc', type: 'pure-token', token: 'DESC' },
        ],
      },
      { name: 'key', type: 'key', token: 'STORE', flags: ['optional'] },
      { name: 'key', type: 'key', token: 'STOREDIST', flags: ['optional'] },
    ],
  },
  georadius_ro: {
    since: '3.2.10',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'longitude', type: 'double' },
      { name: 'latitude', type: 'double' },
      { name: 'radius', type: 'double' },
      {
        name: 'unit',
        type: 'oneof',
        arguments: [
          { name: 'm', type: 'pure-token', token: 'M' },
          { name: 'km', type: 'pure-token', token: 'KM' },
          { name: 'ft', type: 'pure-token', token: 'FT' },
          { name: 'mi', type: 'pure-token', token: 'MI' },
        ],
      },
      { name: 'withcoord', type: 'pure-token', token: 'WITHCOORD', flags: ['optional'] },
      { name: 'withdist', type: 'pure-token', token: 'WITHDIST', flags: ['optional'] },
      { name: 'withhash', type: 'pure-token', token: 'WITHHASH', flags: ['optional'] },
      {
        name: 'count',
        type: 'block',
        flags: ['optional'],
        arguments: [
          { name: 'count', type: 'integer', token: 'COUNT' },
          { name: 'any', type: 'pure-token', token: 'ANY', since: '6.2.0', flags: ['optional'] },
        ],
      },
      {
        name: 'order',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'asc', type: 'pure-token', token: 'ASC' },
          { name: 'desc', type: 'pure-token', token: 'DESC' },
        ],
      },
    ],
  },
  georadiusbymember: {
    since: '3.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string' },
      { name: 'radius', type: 'double' },
      {
        name: 'unit',
        type: 'oneof',
        arguments: [
          { name: 'm', type: 'pure-token', token: 'M' },
          { name: 'km', type: 'pure-token', token: 'KM' },
          { name: 'ft', type: 'pure-token', token: 'FT' },
          { name: 'mi', type: 'pure-token', token: 'MI' },
        ],
      },
      { name: 'withcoord', type: 'pure-token', token: 'WITHCOORD', flags: ['optional'] },
      { name: 'withdist', type: 'pure-token', token: 'WITHDIST', flags: ['optional'] },
      { name: 'withhash', type: 'pure-token', token: 'WITHHASH', flags: ['optional'] },
      {
        name: 'count',
        type: 'block',
        flags: ['optional'],
        arguments: [
          { name: 'count', type: 'integer', token: 'COUNT' },
          { name: 'any', type: 'pure-token', token: 'ANY', flags: ['optional'] },
        ],
      },
      {
        name: 'order',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'asc', type: 'pure-token', token: 'ASC' },
          { name: 'desc', type: 'pure-token', token: 'DESC' },
        ],
      },
      { name: 'key', type: 'key', token: 'STORE', flags: ['optional'] },
      { name: 'key', type: 'key', token: 'STOREDIST', flags: ['optional'] },
    ],
  },
  georadiusbymember_ro: {
    since: '3.2.10',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string' },
      { name: 'radius', type: 'double' },
      {
        name: 'unit',
        type: 'oneof',
        arguments: [
          { name: 'm', type: 'pure-token', token: 'M' },
          { name: 'km', type: 'pure-token', token: 'KM' },
          { name: 'ft', type: 'pure-token', token: 'FT' },
          { name: 'mi', type: 'pure-token', token: 'MI' },
        ],
      },
      { name: 'withcoord', type: 'pure-token', token: 'WITHCOORD', flags: ['optional'] },
      { name: 'withdist', type: 'pure-token', token: 'WITHDIST', flags: ['optional'] },
      { name: 'withhash', type: 'pure-token', token: 'WITHHASH', flags: ['optional'] },
      {
        name: 'count',
        type: 'block',
        flags: ['optional'],
        arguments: [
          { name: 'count', type: 'integer', token: 'COUNT' },
          { name: 'any', type: 'pure-token', token: 'ANY', flags: ['optional'] },
        ],
      },
      {
        name: 'order',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'asc', type: 'pure-token', token: 'ASC' },
          { name: 'desc', type: 'pure-token', token: 'DESC' },
        ],
      },
    ],
  },
  geosearch: {
    since: '6.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'from',
        type: 'oneof',
        arguments: [
          { name: 'member', type: 'string', token: 'FROMMEMBER' },
          {
            name: 'longitude_latitude',
            type: 'block',
            token: 'FROMLONLAT',
            arguments: [
              { name: 'longitude', type: 'double' },
              { name: 'latitude', type: 'double' },
            ],
          },
        ],
      },
      {
        name: 'by',
        type: 'oneof',
        arguments: [
          {
            name: 'circle',
            type: 'block',
            arguments: [
              { name: 'radius', type: 'double', token: 'BYRADIUS' },
              {
                name: 'unit',
                type: 'oneof',
                arguments: [
                  { name: 'm', type: 'pure-token', token: 'M' },
                  { name: 'km', type: 'pure-token', token: 'KM' },
                  { name: 'ft', type: 'pure-token', token: 'FT' },
                  { name: 'mi', type: 'pure-token', token: 'MI' },
                ],
              },
            ],
          },
          {
            name: 'box',
            type: 'block',
            arguments: [
              { name: 'width', type: 'double', token: 'BYBOX' },
              { name: 'height', type: 'double' },
              {
                name: 'unit',
                type: 'oneof',
                arguments: [
                  { name: 'm', type: 'pure-token', token: 'M' },
                  { name: 'km', type: 'pure-token', token: 'KM' },
                  { name: 'ft', type: 'pure-token', token: 'FT' },
                  { name: 'mi', type: 'pure-token', token: 'MI' },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'order',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'asc', type: 'pure-token', token: 'ASC' },
          { name: 'desc', type: 'pure-token', token: 'DESC' },
        ],
      },
      {
        name: 'count',
        type: 'block',
        flags: ['optional'],
        arguments: [
          { name: 'count', type: 'integer', token: 'COUNT' },
          { name: 'any', type: 'pure-token', token: 'ANY', flags: ['optional'] },
        ],
      },
      { name: 'withcoord', type: 'pure-token', token: 'WITHCOORD', flags: ['optional'] },
      { name: 'withdist', type: 'pure-token', token: 'WITHDIST', flags: ['optional'] },
      { name: 'withhash', type: 'pure-token', token: 'WITHHASH', flags: ['optional'] },
    ],
  },
  geosearchstore: {
    since: '6.2.0',
    arguments: [
      { name: 'destination', type: 'key' },
      { name: 'source', type: 'key' },
      {
        name: 'from',
        type: 'oneof',
        arguments: [
          { name: 'member', type: 'string', token: 'FROMMEMBER' },
          {
            name: 'longitude_latitude',
            type: 'block',
            token: 'FROMLONLAT',
            arguments: [
              { name: 'longitude', type: 'double' },
              { name: 'latitude', type: 'double' },
            ],
          },
        ],
      },
      {
        name: 'by',
        type: 'oneof',
        arguments: [
          {
            name: 'circle',
            type: 'block',
            arguments: [
              { name: 'radius', type: 'double', token: 'BYRADIUS' },
              {
                name: 'unit',
                type: 'oneof',
                arguments: [
                  { name: 'm', type: 'pure-token', token: 'M' },
                  { name: 'km', type: 'pure-token', token: 'KM' },
                  { name: 'ft', type: 'pure-token', token: 'FT' },
                  { name: 'mi', type: 'pure-token', token: 'MI' },
                ],
              },
            ],
          },
          {
            name: 'box',
            type: 'block',
            arguments: [
              { name: 'width', type: 'double', token: 'BYBOX' },
              { name: 'height', type: 'double' },
              {
                name: 'unit',
                type: 'oneof',
                arguments: [
                  { name: 'm', type: 'pure-token', token: 'M' },
                  { name: 'km', type: 'pure-token', token: 'KM' },
                  { name: 'ft', type: 'pure-token', token: 'FT' },
                  { name: 'mi', type: 'pure-token', token: 'MI' },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'order',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'asc', type: 'pure-token', token: 'ASC' },
          { name: 'desc', type: 'pure-token', token: 'DESC' },
        ],
      },
      {
        name: 'count',
        type: 'block',
        flags: ['optional'],
        arguments: [
          { name: 'count', type: 'integer', token: 'COUNT' },
          { name: 'any', type: 'pure-token', token: 'ANY', flags: ['optional'] },
        ],
      },
      { name: 'storedist', type: 'pure-token', token: 'STOREDIST', flags: ['optional'] },
    ],
  },
  get: { since: '1.0.0', arguments: [{ name: 'key', type: 'key' }] },
  getbit: {
    since: '2.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'offset', type: 'integer' },
    ],
  },
  getdel: { since: '6.2.0', arguments: [{ name: 'key', type: 'key' }] },
  getex: {
    since: '6.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'expiration',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'seconds', type: 'integer', token: 'EX' },
          { name: 'milliseconds', type: 'integer', token: 'PX' },
          { name: 'unix-time-seconds', type: 'unix-time', token: 'EXAT' },
          { name: 'unix-time-milliseconds', type: 'unix-time', token: 'PXAT' },
          { name: 'persist', type: 'pure-token', token: 'PERSIST' },
        ],
      },
    ],
  },
  getrange: {
    since: '2.4.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'start', type: 'integer' },
      { name: 'end', type: 'integer' },
    ],
  },
  getset: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'value', type: 'string' },
    ],
  },
  hdel: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'field', type: 'string', flags: ['multiple'] },
    ],
  },
  hello: {
    since: '6.0.0',
    arguments: [
      {
        name: 'arguments',
        type: 'block',
        flags: ['optional'],
        arguments: [
          { name: 'protover', type: 'integer' },
          {
            name: 'username_password',
            type: 'block',
            token: 'AUTH',
            flags: ['optional'],
            arguments: [
              { name: 'username', type: 'string' },
              { name: 'password', type: 'string' },
            ],
          },
          { name: 'clientname', type: 'string', token: 'SETNAME', flags: ['optional'] },
        ],
      },
    ],
  },
  hexists: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'field', type: 'string' },
    ],
  },
  hget: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'field', type: 'string' },
    ],
  },
  hgetall: { since: '2.0.0', arguments: [{ name: 'key', type: 'key' }] },
  hincrby: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'field', type: 'string' },
      { name: 'increment', type: 'integer' },
    ],
  },
  hincrbyfloat: {
    since: '2.6.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'field', type: 'string' },
      { name: 'increment', type: 'double' },
    ],
  },
  hkeys: { since: '2.0.0', arguments: [{ name: 'key', type: 'key' }] },
  hlen: { since: '2.0.0', arguments: [{ name: 'key', type: 'key' }] },
  hmget: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'field', type: 'string', flags: ['multiple'] },
    ],
  },
  hmset: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'field_value',
        type: 'block',
        flags: ['multiple'],
        arguments: [
          { name: 'field', type: 'string' },
          { name: 'value', type: 'string' },
        ],
      },
    ],
  },
  hrandfield: {
    since: '6.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'options',
        type: 'block',
        flags: ['optional'],
        arguments: [
          { name: 'count', type: 'integer' },
          { name: 'withvalues', type: 'pure-token', token: 'WITHVALUES', flags: ['optional'] },
        ],
      },
    ],
  },
  hscan: {
    since: '2.8.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'cursor', type: 'integer' },
      { name: 'pattern', type: 'pattern', token: 'MATCH', flags: ['optional'] },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
    ],
  },
  hset: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'field_value',
        type: 'block',
        flags: ['multiple'],
        arguments: [
          { name: 'field', type: 'string' },
          { name: 'value', type: 'string' },
        ],
      },
    ],
  },
  hsetnx: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'field', type: 'string' },
      { name: 'value', type: 'string' },
    ],
  },
  hstrlen: {
    since: '3.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'field', type: 'string' },
    ],
  },
  hvals: { since: '2.0.0', arguments: [{ name: 'key', type: 'key' }] },
  incr: { since: '1.0.0', arguments: [{ name: 'key', type: 'key' }] },
  incrby: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'increment', type: 'integer' },
    ],
  },
  incrbyfloat: {
    since: '2.6.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'increment', type: 'double' },
    ],
  },
  info: {
    since: '1.0.0',
    arguments: [{ name: 'section', type: 'string', flags: ['optional', 'multiple'] }],
  },
  keys: { since: '1.0.0', arguments: [{ name: 'pattern', type: 'pattern' }] },
  lastsave: { since: '1.0.0' },
  latency: { since: '2.8.13' },
  'latency|doctor': { since: '2.8.13' },
  'latency|graph': { since: '2.8.13', arguments: [{ name: 'event', type: 'string' }] },
  'latency|help': { since: '2.8.13' },
  'latency|histogram': {
    since: '7.0.0',
    arguments: [{ name: 'command', type: 'string', flags: ['optional', 'multiple'] }],
  },
  'latency|history': { since: '2.8.13', arguments: [{ name: 'event', type: 'string' }] },
  'latency|latest': { since: '2.8.13' },
  'latency|reset': {
    since: '2.8.13',
    arguments: [{ name: 'event', type: 'string', flags: ['optional', 'multiple'] }],
  },
  lcs: {
    since: '7.0.0',
    arguments: [
      { name: 'key1', type: 'key' },
      { name: 'key2', type: 'key' },
      { name: 'len', type: 'pure-token', token: 'LEN', flags: ['optional'] },
      { name: 'idx', type: 'pure-token', token: 'IDX', flags: ['optional'] },
      { name: 'len', type: 'integer', token: 'MINMATCHLEN', flags: ['optional'] },
      { name: 'withmatchlen', type: 'pure-token', token: 'WITHMATCHLEN', flags: ['optional'] },
    ],
  },
  lindex: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'index', type: 'integer' },
    ],
  },
  linsert: {
    since: '2.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'where',
        type: 'oneof',
        arguments: [
          { name: 'before', type: 'pure-token', token: 'BEFORE' },
          { name: 'after', type: 'pure-token', token: 'AFTER' },
        ],
      },
      { name: 'pivot', type: 'string' },
      { name: 'element', type: 'string' },
    ],
  },
  llen: { since: '1.0.0', arguments: [{ name: 'key', type: 'key' }] },
  lmove: {
    since: '6.2.0',
    arguments: [
      { name: 'source', type: 'key' },
      { name: 'destination', type: 'key' },
      {
        name: 'wherefrom',
        type: 'oneof',
        arguments: [
          { name: 'left', type: 'pure-token', token: 'LEFT' },
          { name: 'right', type: 'pure-token', token: 'RIGHT' },
        ],
      },
      {
        name: 'whereto',
        type: 'oneof',
        arguments: [
          { name: 'left', type: 'pure-token', token: 'LEFT' },
          { name: 'right', type: 'pure-token', token: 'RIGHT' },
        ],
      },
    ],
  },
  lmpop: {
    since: '7.0.0',
    arguments: [
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
      {
        name: 'where',
        type: 'oneof',
        arguments: [
          { name: 'left', type: 'pure-token', token: 'LEFT' },
          { name: 'right', type: 'pure-token', token: 'RIGHT' },
        ],
      },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
    ],
  },
  lolwut: {
    since: '5.0.0',
    arguments: [{ name: 'version', type: 'integer', token: 'VERSION', flags: ['optional'] }],
  },
  lpop: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'count', type: 'integer', since: '6.2.0', flags: ['optional'] },
    ],
  },
  lpos: {
    since: '6.0.6',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'element', type: 'string' },
      { name: 'rank', type: 'integer', token: 'RANK', flags: ['optional'] },
      { name: 'num-matches', type: 'integer', token: 'COUNT', flags: ['optional'] },
      { name: 'len', type: 'integer', token: 'MAXLEN', flags: ['optional'] },
    ],
  },
  lpush: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'element', type: 'string', flags: ['multiple'] },
    ],
  },
  lpushx: {
    since: '2.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'element', type: 'string', flags: ['multiple'] },
    ],
  },
  lrange: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'start', type: 'integer' },
      { name: 'stop', type: 'integer' },
    ],
  },
  lrem: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'count', type: 'integer' },
      { name: 'element', type: 'string' },
    ],
  },
  lset: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'index', type: 'integer' },
      { name: 'element', type: 'string' },
    ],
  },
  ltrim: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'start', type: 'integer' },
      { name: 'stop', type: 'integer' },
    ],
  },
  memory: { since: '4.0.0' },
  'memory|doctor': { since: '4.0.0' },
  'memory|help': { since: '4.0.0' },
  'memory|malloc-stats': { since: '4.0.0' },
  'memory|purge': { since: '4.0.0' },
  'memory|stats': { since: '4.0.0' },
  'memory|usage': {
    since: '4.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'count', type: 'integer', token: 'SAMPLES', flags: ['optional'] },
    ],
  },
  mget: { since: '1.0.0', arguments: [{ name: 'key', type: 'key', flags: ['multiple'] }] },
  migrate: {
    since: '2.6.0',
    arguments: [
      { name: 'host', type: 'string' },
      { name: 'port', type: 'integer' },
      {
        name: 'key_or_empty_string',
        type: 'oneof',
        arguments: [
          { name: 'key', type: 'key' },
          { name: 'empty_string', type: 'pure-token', token: '' },
        ],
      },
      { name: 'destination-db', type: 'integer' },
      { name: 'timeout', type: 'integer' },
      { name: 'copy', type: 'pure-token', token: 'COPY', since: '3.0.0', flags: ['optional'] },
      {
        name: 'replace',
        type: 'pure-token',
        token: 'REPLACE',
        since: '3.0.0',
        flags: ['optional'],
      },
      {
        name: 'authentication',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'password', type: 'string', token: 'AUTH', since: '4.0.7', flags: ['optional'] },
          {
            name: 'username_password',
            type: 'block',
            token: 'AUTH2',
            since: '6.0.0',
            flags: ['optional'],
            arguments: [
              { name: 'username', type: 'string' },
              { name: 'password', type: 'string' },
            ],
          },
        ],
      },
      { name: 'key', type: 'key', token: 'KEYS', since: '3.0.6', flags: ['optional', 'multiple'] },
    ],
  },
  module: { since: '4.0.0' },
  'module|help': { since: '5.0.0' },
  'module|list': { since: '4.0.0' },
  'module|load': {
    since: '4.0.0',
    arguments: [
      { name: 'path', type: 'string' },
      { name: 'arg', type: 'string', flags: ['optional', 'multiple'] },
    ],
  },
  'module|loadex': {
    since: '7.0.0',
    arguments: [
      { name: 'path', type: 'string' },
      {
        name: 'configs',
        type: 'block',
        token: 'CONFIG',
        flags: ['optional', 'multiple', 'multiple_token'],
        arguments: [
          { name: 'name', type: 'string' },
          { name: 'value', type: 'string' },
        ],
      },
      {
        name: 'args',
        type: 'block',
        token: 'ARGS',
        flags: ['optional', 'multiple'],
        arguments: [{ name: 'arg', type: 'string' }],
      },
    ],
  },
  'module|unload': { since: '4.0.0', arguments: [{ name: 'name', type: 'string' }] },
  monitor: { since: '1.0.0' },
  move: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'db', type: 'integer' },
    ],
  },
  mset: {
    since: '1.0.1',
    arguments: [
      {
        name: 'key_value',
        type: 'block',
        flags: ['multiple'],
        arguments: [
          { name: 'key', type: 'key' },
          { name: 'value', type: 'string' },
        ],
      },
    ],
  },
  msetnx: {
    since: '1.0.1',
    arguments: [
      {
        name: 'key_value',
        type: 'block',
        flags: ['multiple'],
        arguments: [
          { name: 'key', type: 'key' },
          { name: 'value', type: 'string' },
        ],
      },
    ],
  },
  multi: { since: '1.2.0' },
  object: { since: '2.2.3' },
  'object|encoding': { since: '2.2.3', arguments: [{ name: 'key', type: 'key' }] },
  'object|freq': { since: '4.0.0', arguments: [{ name: 'key', type: 'key' }] },
  'object|help': { since: '6.2.0' },
  'object|idletime': { since: '2.2.3', arguments: [{ name: 'key', type: 'key' }] },
  'object|refcount': { since: '2.2.3', arguments: [{ name: 'key', type: 'key' }] },
  persist: { since: '2.2.0', arguments: [{ name: 'key', type: 'key' }] },
  pexpire: {
    since: '2.6.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'milliseconds', type: 'integer' },
      {
        name: 'condition',
        type: 'oneof',
        since: '7.0.0',
        flags: ['optional'],
        arguments: [
          { name: 'nx', type: 'pure-token', token: 'NX' },
          { name: 'xx', type: 'pure-token', token: 'XX' },
          { name: 'gt', type: 'pure-token', token: 'GT' },
          { name: 'lt', type: 'pure-token', token: 'LT' },
        ],
      },
    ],
  },
  pexpireat: {
    since: '2.6.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'unix-time-milliseconds', type: 'unix-time' },
      {
        name: 'condition',
        type: 'oneof',
        since: '7.0.0',
        flags: ['optional'],
        arguments: [
          { name: 'nx', type: 'pure-token', token: 'NX' },
          { name: 'xx', type: 'pure-token', token: 'XX' },
          { name: 'gt', type: 'pure-token', token: 'GT' },
          { name: 'lt', type: 'pure-token', token: 'LT' },
        ],
      },
    ],
  },
  pexpiretime: { since: '7.0.0', arguments: [{ name: 'key', type: 'key' }] },
  pfadd: {
    since: '2.8.9',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'element', type: 'string', flags: ['optional', 'multiple'] },
    ],
  },
  pfcount: { since: '2.8.9', arguments: [{ name: 'key', type: 'key', flags: ['multiple'] }] },
  pfdebug: {
    since: '2.8.9',
    arguments: [
      { name: 'subcommand', type: 'string' },
      { name: 'key', type: 'key' },
    ],
  },
  pfmerge: {
    since: '2.8.9',
    arguments: [
      { name: 'destkey', type: 'key' },
      { name: 'sourcekey', type: 'key', flags: ['multiple'] },
    ],
  },
  pfselftest: { since: '2.8.9' },
  ping: { since: '1.0.0', arguments: [{ name: 'message', type: 'string', flags: ['optional'] }] },
  psetex: {
    since: '2.6.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'milliseconds', type: 'integer' },
      { name: 'value', type: 'string' },
    ],
  },
  psubscribe: {
    since: '2.0.0',
    arguments: [
      {
        name: 'pattern',
        type: 'block',
        flags: ['multiple'],
        arguments: [{ name: 'pattern', type: 'pattern' }],
      },
    ],
  },
  psync: {
    since: '2.8.0',
    arguments: [
      { name: 'replicationid', type: 'string' },
      { name: 'offset', type: 'integer' },
    ],
  },
  pttl: { since: '2.6.0', arguments: [{ name: 'key', type: 'key' }] },
  publish: {
    since: '2.0.0',
    arguments: [
      { name: 'channel', type: 'string' },
      { name: 'message', type: 'string' },
    ],
  },
  pubsub: { since: '2.8.0' },
  'pubsub|channels': {
    since: '2.8.0',
    arguments: [{ name: 'pattern', type: 'pattern', flags: ['optional'] }],
  },
  'pubsub|help': { since: '6.2.0' },
  'pubsub|numpat': { since: '2.8.0' },
  'pubsub|numsub': {
    since: '2.8.0',
    arguments: [{ name: 'channel', type: 'string', flags: ['optional', 'multiple'] }],
  },
  'pubsub|shardchannels': {
    since: '7.0.0',
    arguments: [{ name: 'pattern', type: 'pattern', flags: ['optional'] }],
  },
  'pubsub|shardnumsub': {
    since: '7.0.0',
    arguments: [{ name: 'shardchannel', type: 'string', flags: ['optional', 'multiple'] }],
  },
  punsubscribe: {
    since: '2.0.0',
    arguments: [{ name: 'pattern', type: 'pattern', flags: ['optional', 'multiple'] }],
  },
  quit: { since: '1.0.0' },
  randomkey: { since: '1.0.0' },
  readonly: { since: '3.0.0' },
  readwrite: { since: '3.0.0' },
  rename: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'newkey', type: 'key' },
    ],
  },
  renamenx: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'newkey', type: 'key' },
    ],
  },
  replconf: { since: '3.0.0' },
  replicaof: {
    since: '5.0.0',
    arguments: [
      {
        name: 'args',
        type: 'oneof',
        arguments: [
          {
            name: 'host-port',
            type: 'block',
            arguments: [
              { name: 'host', type: 'string' },
              { name: 'port', type: 'integer' },
            ],
          },
          {
            name: 'no-one',
            type: 'block',
            arguments: [
              { name: 'no', type: 'pure-token', token: 'NO' },
              { name: 'one', type: 'pure-token', token: 'ONE' },
            ],
          },
        ],
      },
    ],
  },
  reset: { since: '6.2.0' },
  restore: {
    since: '2.6.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'ttl', type: 'integer' },
      { name: 'serialized-value', type: 'string' },
      {
        name: 'replace',
        type: 'pure-token',
        token: 'REPLACE',
        since: '3.0.0',
        flags: ['optional'],
      },
      { name: 'absttl', type: 'pure-token', token: 'ABSTTL', since: '5.0.0', flags: ['optional'] },
      { name: 'seconds', type: 'integer', token: 'IDLETIME', since: '5.0.0', flags: ['optional'] },
      { name: 'frequency', type: 'integer', token: 'FREQ', since: '5.0.0', flags: ['optional'] },
    ],
  },
  'restore-asking': {
    since: '3.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'ttl', type: 'integer' },
      { name: 'serialized-value', type: 'string' },
      {
        name: 'replace',
        type: 'pure-token',
        token: 'REPLACE',
        since: '3.0.0',
        flags: ['optional'],
      },
      { name: 'absttl', type: 'pure-token', token: 'ABSTTL', since: '5.0.0', flags: ['optional'] },
      { name: 'seconds', type: 'integer', token: 'IDLETIME', since: '5.0.0', flags: ['optional'] },
      { name: 'frequency', type: 'integer', token: 'FREQ', since: '5.0.0', flags: ['optional'] },
    ],
  },
  role: { since: '2.8.12' },
  rpop: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'count', type: 'integer', since: '6.2.0', flags: ['optional'] },
    ],
  },
  rpoplpush: {
    since: '1.2.0',
    arguments: [
      { name: 'source', type: 'key' },
      { name: 'destination', type: 'key' },
    ],
  },
  rpush: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'element', type: 'string', flags: ['multiple'] },
    ],
  },
  rpushx: {
    since: '2.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'element', type: 'string', flags: ['multiple'] },
    ],
  },
  sadd: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string', flags: ['multiple'] },
    ],
  },
  save: { since: '1.0.0' },
  scan: {
    since: '2.8.0',
    arguments: [
      { name: 'cursor', type: 'integer' },
      { name: 'pattern', type: 'pattern', token: 'MATCH', flags: ['optional'] },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
      { name: 'type', type: 'string', token: 'TYPE', since: '6.0.0', flags: ['optional'] },
    ],
  },
  scard: { since: '1.0.0', arguments: [{ name: 'key', type: 'key' }] },
  script: { since: '2.6.0' },
  'script|debug': {
    since: '3.2.0',
    arguments: [
      {
        name: 'mode',
        type: 'oneof',
        arguments: [
          { name: 'yes', type: 'pure-token', token: 'YES' },
          { name: 'sync', type: 'pure-token', token: 'SYNC' },
          { name: 'no', type: 'pure-token', token: 'NO' },
        ],
      },
    ],
  },
  'script|exists': {
    since: '2.6.0',
    arguments: [{ name: 'sha1', type: 'string', flags: ['multiple'] }],
  },
  'script|flush': {
    since: '2.6.0',
    arguments: [
      {
        name: 'async',
        type: 'oneof',
        since: '6.2.0',
        flags: ['optional'],
        arguments: [
          { name: 'async', type: 'pure-token', token: 'ASYNC' },
          { name: 'sync', type: 'pure-token', token: 'SYNC' },
        ],
      },
    ],
  },
  'script|help': { since: '5.0.0' },
  'script|kill': { since: '2.6.0' },
  'script|load': { since: '2.6.0', arguments: [{ name: 'script', type: 'string' }] },
  sdiff: { since: '1.0.0', arguments: [{ name: 'key', type: 'key', flags: ['multiple'] }] },
  sdiffstore: {
    since: '1.0.0',
    arguments: [
      { name: 'destination', type: 'key' },
      { name: 'key', type: 'key', flags: ['multiple'] },
    ],
  },
  select: { since: '1.0.0', arguments: [{ name: 'index', type: 'integer' }] },
  set: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'value', type: 'string' },
      {
        name: 'condition',
        type: 'oneof',
        since: '2.6.12',
        flags: ['optional'],
        arguments: [
          { name: 'nx', type: 'pure-token', token: 'NX' },
          { name: 'xx', type: 'pure-token', token: 'XX' },
        ],
      },
      { name: 'get', type: 'pure-token', token: 'GET', since: '6.2.0', flags: ['optional'] },
      {
        name: 'expiration',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'seconds', type: 'integer', token: 'EX', since: '2.6.12' },
          { name: 'milliseconds', type: 'integer', token: 'PX', since: '2.6.12' },
          { name: 'unix-time-seconds', type: 'unix-time', token: 'EXAT', since: '6.2.0' },
          { name: 'unix-time-milliseconds', type: 'unix-time', token: 'PXAT', since: '6.2.0' },
          { name: 'keepttl', type: 'pure-token', token: 'KEEPTTL', since: '6.0.0' },
        ],
      },
    ],
  },
  setbit: {
    since: '2.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'offset', type: 'integer' },
      { name: 'value', type: 'integer' },
    ],
  },
  setex: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'seconds', type: 'integer' },
      { name: 'value', type: 'string' },
    ],
  },
  setnx: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'value', type: 'string' },
    ],
  },
  setrange: {
    since: '2.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'offset', type: 'integer' },
      { name: 'value', type: 'string' },
    ],
  },
  shutdown: {
    since: '1.0.0',
    arguments: [
      {
        name: 'nosave_save',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'nosave', type: 'pure-token', token: 'NOSAVE' },
          { name: 'save', type: 'pure-token', token: 'SAVE' },
        ],
      },
      { name: 'now', type: 'pure-token', token: 'NOW', since: '7.0.0', flags: ['optional'] },
      { name: 'force', type: 'pure-token', token: 'FORCE', since: '7.0.0', flags: ['optional'] },
      { name: 'abort', type: 'pure-token', token: 'ABORT', since: '7.0.0', flags: ['optional'] },
    ],
  },
  sinter: { since: '1.0.0', arguments: [{ name: 'key', type: 'key', flags: ['multiple'] }] },
  sintercard: {
    since: '7.0.0',
    arguments: [
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
      { name: 'limit', type: 'integer', token: 'LIMIT', flags: ['optional'] },
    ],
  },
  sinterstore: {
    since: '1.0.0',
    arguments: [
      { name: 'destination', type: 'key' },
      { name: 'key', type: 'key', flags: ['multiple'] },
    ],
  },
  sismember: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string' },
    ],
  },
  slaveof: {
    since: '1.0.0',
    arguments: [
      {
        name: 'args',
        type: 'oneof',
        arguments: [
          {
            name: 'host-port',
            type: 'block',
            arguments: [
              { name: 'host', type: 'string' },
              { name: 'port', type: 'integer' },
            ],
          },
          {
            name: 'no-one',
            type: 'block',
            arguments: [
              { name: 'no', type: 'pure-token', token: 'NO' },
              { name: 'one', type: 'pure-token', token: 'ONE' },
            ],
          },
        ],
      },
    ],
  },
  slowlog: { since: '2.2.12' },
  'slowlog|get': {
    since: '2.2.12',
    arguments: [{ name: 'count', type: 'integer', flags: ['optional'] }],
  },
  'slowlog|help': { since: '6.2.0' },
  'slowlog|len': { since: '2.2.12' },
  'slowlog|reset': { since: '2.2.12' },
  smembers: { since: '1.0.0', arguments: [{ name: 'key', type: 'key' }] },
  smismember: {
    since: '6.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string', flags: ['multiple'] },
    ],
  },
  smove: {
    since: '1.0.0',
    arguments: [
      { name: 'source', type: 'key' },
      { name: 'destination', type: 'key' },
      { name: 'member', type: 'string' },
    ],
  },
  sort: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'pattern', type: 'pattern', token: 'BY', flags: ['optional'] },
      {
        name: 'offset_count',
        type: 'block',
        token: 'LIMIT',
        flags: ['optional'],
        arguments: [
          { name: 'offset', type: 'integer' },
          { name: 'count', type: 'integer' },
        ],
      },
      {
        name: 'pattern',
        type: 'pattern',
        token: 'GET',
        flags: ['optional', 'multiple', 'multiple_token'],
      },
      {
        name: 'order',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'asc', type: 'pure-token', token: 'ASC' },
          { name: 'desc', type: 'pure-token', token: 'DESC' },
        ],
      },
      { name: 'sorting', type: 'pure-token', token: 'ALPHA', flags: ['optional'] },
      { name: 'destination', type: 'key', token: 'STORE', flags: ['optional'] },
    ],
  },
  sort_ro: {
    since: '7.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'pattern', type: 'pattern', token: 'BY', flags: ['optional'] },
      {
        name: 'offset_count',
        type: 'block',
        token: 'LIMIT',
        flags: ['optional'],
        arguments: [
          { name: 'offset', type: 'integer' },
          { name: 'count', type: 'integer' },
        ],
      },
      {
        name: 'pattern',
        type: 'pattern',
        token: 'GET',
        flags: ['optional', 'multiple', 'multiple_token'],
      },
      {
        name: 'order',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'asc', type: 'pure-token', token: 'ASC' },
          { name: 'desc', type: 'pure-token', token: 'DESC' },
        ],
      },
      { name: 'sorting', type: 'pure-token', token: 'ALPHA', flags: ['optional'] },
    ],
  },
  spop: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'count', type: 'integer', since: '3.2.0', flags: ['optional'] },
    ],
  },
  spublish: {
    since: '7.0.0',
    arguments: [
      { name: 'shardchannel', type: 'string' },
      { name: 'message', type: 'string' },
    ],
  },
  srandmember: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'count', type: 'integer', since: '2.6.0', flags: ['optional'] },
    ],
  },
  srem: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string', flags: ['multiple'] },
    ],
  },
  sscan: {
    since: '2.8.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'cursor', type: 'integer' },
      { name: 'pattern', type: 'pattern', token: 'MATCH', flags: ['optional'] },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
    ],
  },
  ssubscribe: {
    since: '7.0.0',
    arguments: [{ name: 'shardchannel', type: 'string', flags: ['multiple'] }],
  },
  strlen: { since: '2.2.0', arguments: [{ name: 'key', type: 'key' }] },
  subscribe: {
    since: '2.0.0',
    arguments: [{ name: 'channel', type: 'string', flags: ['multiple'] }],
  },
  substr: {
    since: '1.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'start', type: 'integer' },
      { name: 'end', type: 'integer' },
    ],
  },
  sunion: { since: '1.0.0', arguments: [{ name: 'key', type: 'key', flags: ['multiple'] }] },
  sunionstore: {
    since: '1.0.0',
    arguments: [
      { name: 'destination', type: 'key' },
      { name: 'key', type: 'key', flags: ['multiple'] },
    ],
  },
  sunsubscribe: {
    since: '7.0.0',
    arguments: [{ name: 'shardchannel', type: 'string', flags: ['optional', 'multiple'] }],
  },
  swapdb: {
    since: '4.0.0',
    arguments: [
      { name: 'index1', type: 'integer' },
      { name: 'index2', type: 'integer' },
    ],
  },
  sync: { since: '1.0.0' },
  time: { since: '2.6.0' },
  touch: { since: '3.2.1', arguments: [{ name: 'key', type: 'key', flags: ['multiple'] }] },
  ttl: { since: '1.0.0', arguments: [{ name: 'key', type: 'key' }] },
  type: { since: '1.0.0', arguments: [{ name: 'key', type: 'key' }] },
  unlink: { since: '4.0.0', arguments: [{ name: 'key', type: 'key', flags: ['multiple'] }] },
  unsubscribe: {
    since: '2.0.0',
    arguments: [{ name: 'channel', type: 'string', flags: ['optional', 'multiple'] }],
  },
  unwatch: { since: '2.2.0' },
  wait: {
    since: '3.0.0',
    arguments: [
      { name: 'numreplicas', type: 'integer' },
      { name: 'timeout', type: 'integer' },
    ],
  },
  watch: { since: '2.2.0', arguments: [{ name: 'key', type: 'key', flags: ['multiple'] }] },
  xack: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'group', type: 'string' },
      { name: 'id', type: 'string', flags: ['multiple'] },
    ],
  },
  xadd: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'nomkstream',
        type: 'pure-token',
        token: 'NOMKSTREAM',
        since: '6.2.0',
        flags: ['optional'],
      },
      {
        name: 'trim',
        type: 'block',
        flags: ['optional'],
        arguments: [
          {
            name: 'strategy',
            type: 'oneof',
            arguments: [
              { name: 'maxlen', type: 'pure-token', token: 'MAXLEN' },
              { name: 'minid', type: 'pure-token', token: 'MINID', since: '6.2.0' },
            ],
          },
          {
            name: 'operator',
            type: 'oneof',
            flags: ['optional'],
            arguments: [
              { name: 'equal', type: 'pure-token', token: '=' },
              { name: 'approximately', type: 'pure-token', token: '~' },
            ],
          },
          { name: 'threshold', type: 'string' },
          { name: 'count', type: 'integer', token: 'LIMIT', since: '6.2.0', flags: ['optional'] },
        ],
      },
      {
        name: 'id_or_auto',
        type: 'oneof',
        arguments: [
          { name: 'auto_id', type: 'pure-token', token: '*' },
          { name: 'id', type: 'string' },
        ],
      },
      {
        name: 'field_value',
        type: 'block',
        flags: ['multiple'],
        arguments: [
          { name: 'field', type: 'string' },
          { name: 'value', type: 'string' },
        ],
      },
    ],
  },
  xautoclaim: {
    since: '6.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'group', type: 'string' },
      { name: 'consumer', type: 'string' },
      { name: 'min-idle-time', type: 'string' },
      { name: 'start', type: 'string' },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
      { name: 'justid', type: 'pure-token', token: 'JUSTID', flags: ['optional'] },
    ],
  },
  xclaim: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'group', type: 'string' },
      { name: 'consumer', type: 'string' },
      { name: 'min-idle-time', type: 'string' },
      { name: 'id', type: 'string', flags: ['multiple'] },
      { name: 'ms', type: 'integer', token: 'IDLE', flags: ['optional'] },
      { name: 'unix-time-milliseconds', type: 'unix-time', token: 'TIME', flags: ['optional'] },
      { name: 'count', type: 'integer', token: 'RETRYCOUNT', flags: ['optional'] },
      { name: 'force', type: 'pure-token', token: 'FORCE', flags: ['optional'] },
      { name: 'justid', type: 'pure-token', token: 'JUSTID', flags: ['optional'] },
      { name: 'id', type: 'string', token: 'LASTID', flags: ['optional'] },
    ],
  },
  xdel: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'id', type: 'string', flags: ['multiple'] },
    ],
  },
  xgroup: { since: '5.0.0' },
  'xgroup|create': {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'groupname', type: 'string' },
      {
        name: 'id',
        type: 'oneof',
        arguments: [
          { name: 'id', type: 'string' },
          { name: 'new_id', type: 'pure-token', token: '$' },
        ],
      },
      { name: 'mkstream', type: 'pure-token', token: 'MKSTREAM', flags: ['optional'] },
      { name: 'entries_read', type: 'integer', token: 'ENTRIESREAD', flags: ['optional'] },
    ],
  },
  'xgroup|createconsumer': {
    since: '6.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'groupname', type: 'string' },
      { name: 'consumername', type: 'string' },
    ],
  },
  'xgroup|delconsumer': {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'groupname', type: 'string' },
      { name: 'consumername', type: 'string' },
    ],
  },
  'xgroup|destroy': {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'groupname', type: 'string' },
    ],
  },
  'xgroup|help': { since: '5.0.0' },
  'xgroup|setid': {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'groupname', type: 'string' },
      {
        name: 'id',
        type: 'oneof',
        arguments: [
          { name: 'id', type: 'string' },
          { name: 'new_id', type: 'pure-token', token: '$' },
        ],
      },
      { name: 'entries_read', type: 'integer', token: 'ENTRIESREAD', flags: ['optional'] },
    ],
  },
  xinfo: { since: '5.0.0' },
  'xinfo|consumers': {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'groupname', type: 'string' },
    ],
  },
  'xinfo|groups': { since: '5.0.0', arguments: [{ name: 'key', type: 'key' }] },
  'xinfo|help': { since: '5.0.0' },
  'xinfo|stream': {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'full',
        type: 'block',
        token: 'FULL',
        flags: ['optional'],
        arguments: [{ name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] }],
      },
    ],
  },
  xlen: { since: '5.0.0', arguments: [{ name: 'key', type: 'key' }] },
  xpending: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'group', type: 'string' },
      {
        name: 'filters',
        type: 'block',
        flags: ['optional'],
        arguments: [
          {
            name: 'min-idle-time',
            type: 'integer',
            token: 'IDLE',
            since: '6.2.0',
            flags: ['optional'],
          },
          { name: 'start', type: 'string' },
          { name: 'end', type: 'string' },
          { name: 'count', type: 'integer' },
          { name: 'consumer', type: 'string', flags: ['optional'] },
        ],
      },
    ],
  },
  xrange: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'start', type: 'string' },
      { name: 'end', type: 'string' },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
    ],
  },
  xread: {
    since: '5.0.0',
    arguments: [
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
      { name: 'milliseconds', type: 'integer', token: 'BLOCK', flags: ['optional'] },
      {
        name: 'streams',
        type: 'block',
        token: 'STREAMS',
        arguments: [
          { name: 'key', type: 'key', flags: ['multiple'] },
          { name: 'id', type: 'string', flags: ['multiple'] },
        ],
      },
    ],
  },
  xreadgroup: {
    since: '5.0.0',
    arguments: [
      {
        name: 'group_consumer',
        type: 'block',
        token: 'GROUP',
        arguments: [
          { name: 'group', type: 'string' },
          { name: 'consumer', type: 'string' },
        ],
      },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
      { name: 'milliseconds', type: 'integer', token: 'BLOCK', flags: ['optional'] },
      { name: 'noack', type: 'pure-token', token: 'NOACK', flags: ['optional'] },
      {
        name: 'streams',
        type: 'block',
        token: 'STREAMS',
        arguments: [
          { name: 'key', type: 'key', flags: ['multiple'] },
          { name: 'id', type: 'string', flags: ['multiple'] },
        ],
      },
    ],
  },
  xrevrange: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'end', type: 'string' },
      { name: 'start', type: 'string' },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
    ],
  },
  xsetid: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'last-id', type: 'string' },
      {
        name: 'entries_added',
        type: 'integer',
        token: 'ENTRIESADDED',
        since: '7.0.0',
        flags: ['optional'],
      },
      {
        name: 'max_deleted_entry_id',
        type: 'string',
        token: 'MAXDELETEDID',
        since: '7.0.0',
        flags: ['optional'],
      },
    ],
  },
  xtrim: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'trim',
        type: 'block',
        arguments: [
          {
            name: 'strategy',
            type: 'oneof',
            arguments: [
              { name: 'maxlen', type: 'pure-token', token: 'MAXLEN' },
              { name: 'minid', type: 'pure-token', token: 'MINID', since: '6.2.0' },
            ],
          },
          {
            name: 'operator',
            type: 'oneof',
            flags: ['optional'],
            arguments: [
              { name: 'equal', type: 'pure-token', token: '=' },
              { name: 'approximately', type: 'pure-token', token: '~' },
            ],
          },
          { name: 'threshold', type: 'string' },
          { name: 'count', type: 'integer', token: 'LIMIT', since: '6.2.0', flags: ['optional'] },
        ],
      },
    ],
  },
  zadd: {
    since: '1.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'condition',
        type: 'oneof',
        since: '3.0.2',
        flags: ['optional'],
        arguments: [
          { name: 'nx', type: 'pure-token', token: 'NX' },
          { name: 'xx', type: 'pure-token', token: 'XX' },
        ],
      },
      {
        name: 'comparison',
        type: 'oneof',
        since: '6.2.0',
        flags: ['optional'],
        arguments: [
          { name: 'gt', type: 'pure-token', token: 'GT' },
          { name: 'lt', type: 'pure-token', token: 'LT' },
        ],
      },
      { name: 'change', type: 'pure-token', token: 'CH', since: '3.0.2', flags: ['optional'] },
      { name: 'increment', type: 'pure-token', token: 'INCR', since: '3.0.2', flags: ['optional'] },
      {
        name: 'score_member',
        type: 'block',
        flags: ['multiple'],
        arguments: [
          { name: 'score', type: 'double' },
          { name: 'member', type: 'string' },
        ],
      },
    ],
  },
  zcard: { since: '1.2.0', arguments: [{ name: 'key', type: 'key' }] },
  zcount: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'min', type: 'double' },
      { name: 'max', type: 'double' },
    ],
  },
  zdiff: {
    since: '6.2.0',
    arguments: [
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
      { name: 'withscores', type: 'pure-token', token: 'WITHSCORES', flags: ['optional'] },
    ],
  },
  zdiffstore: {
    since: '6.2.0',
    arguments: [
      { name: 'destination', type: 'key' },
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
    ],
  },
  zincrby: {
    since: '1.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'increment', type: 'integer' },
      { name: 'member', type: 'string' },
    ],
  },
  zinter: {
    since: '6.2.0',
    arguments: [
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
      { name: 'weight', type: 'integer', token: 'WEIGHTS', flags: ['optional', 'multiple'] },
      {
        name: 'aggregate',
        type: 'oneof',
        token: 'AGGREGATE',
        flags: ['optional'],
        arguments: [
          { name: 'sum', type: 'pure-token', token: 'SUM' },
          { name: 'min', type: 'pure-token', token: 'MIN' },
          { name: 'max', type: 'pure-token', token: 'MAX' },
        ],
      },
      { name: 'withscores', type: 'pure-token', token: 'WITHSCORES', flags: ['optional'] },
    ],
  },
  zintercard: {
    since: '7.0.0',
    arguments: [
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
      { name: 'limit', type: 'integer', token: 'LIMIT', flags: ['optional'] },
    ],
  },
  zinterstore: {
    since: '2.0.0',
    arguments: [
      { name: 'destination', type: 'key' },
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
      { name: 'weight', type: 'integer', token: 'WEIGHTS', flags: ['optional', 'multiple'] },
      {
        name: 'aggregate',
        type: 'oneof',
        token: 'AGGREGATE',
        flags: ['optional'],
        arguments: [
          { name: 'sum', type: 'pure-token', token: 'SUM' },
          { name: 'min', type: 'pure-token', token: 'MIN' },
          { name: 'max', type: 'pure-token', token: 'MAX' },
        ],
      },
    ],
  },
  zlexcount: {
    since: '2.8.9',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'min', type: 'string' },
      { name: 'max', type: 'string' },
    ],
  },
  zmpop: {
    since: '7.0.0',
    arguments: [
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
      {
        name: 'where',
        type: 'oneof',
        arguments: [
          { name: 'min', type: 'pure-token', token: 'MIN' },
          { name: 'max', type: 'pure-token', token: 'MAX' },
        ],
      },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
    ],
  },
  zmscore: {
    since: '6.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string', flags: ['multiple'] },
    ],
  },
  zpopmax: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'count', type: 'integer', flags: ['optional'] },
    ],
  },
  zpopmin: {
    since: '5.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'count', type: 'integer', flags: ['optional'] },
    ],
  },
  zrandmember: {
    since: '6.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      {
        name: 'options',
        type: 'block',
        flags: ['optional'],
        arguments: [
          { name: 'count', type: 'integer' },
          { name: 'withscores', type: 'pure-token', token: 'WITHSCORES', flags: ['optional'] },
        ],
      },
    ],
  },
  zrange: {
    since: '1.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'start', type: 'string' },
      { name: 'stop', type: 'string' },
      {
        name: 'sortby',
        type: 'oneof',
        since: '6.2.0',
        flags: ['optional'],
        arguments: [
          { name: 'byscore', type: 'pure-token', token: 'BYSCORE' },
          { name: 'bylex', type: 'pure-token', token: 'BYLEX' },
        ],
      },
      { name: 'rev', type: 'pure-token', token: 'REV', since: '6.2.0', flags: ['optional'] },
      {
        name: 'offset_count',
        type: 'block',
        token: 'LIMIT',
        since: '6.2.0',
        flags: ['optional'],
        arguments: [
          { name: 'offset', type: 'integer' },
          { name: 'count', type: 'integer' },
        ],
      },
      { name: 'withscores', type: 'pure-token', token: 'WITHSCORES', flags: ['optional'] },
    ],
  },
  zrangebylex: {
    since: '2.8.9',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'min', type: 'string' },
      { name: 'max', type: 'string' },
      {
        name: 'offset_count',
        type: 'block',
        token: 'LIMIT',
        flags: ['optional'],
        arguments: [
          { name: 'offset', type: 'integer' },
          { name: 'count', type: 'integer' },
        ],
      },
    ],
  },
  zrangebyscore: {
    since: '1.0.5',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'min', type: 'double' },
      { name: 'max', type: 'double' },
      {
        name: 'withscores',
        type: 'pure-token',
        token: 'WITHSCORES',
        since: '2.0.0',
        flags: ['optional'],
      },
      {
        name: 'offset_count',
        type: 'block',
        token: 'LIMIT',
        flags: ['optional'],
        arguments: [
          { name: 'offset', type: 'integer' },
          { name: 'count', type: 'integer' },
        ],
      },
    ],
  },
  zrangestore: {
    since: '6.2.0',
    arguments: [
      { name: 'dst', type: 'key' },
      { name: 'src', type: 'key' },
      { name: 'min', type: 'string' },
      { name: 'max', type: 'string' },
      {
        name: 'sortby',
        type: 'oneof',
        flags: ['optional'],
        arguments: [
          { name: 'byscore', type: 'pure-token', token: 'BYSCORE' },
          { name: 'bylex', type: 'pure-token', token: 'BYLEX' },
        ],
      },
      { name: 'rev', type: 'pure-token', token: 'REV', flags: ['optional'] },
      {
        name: 'offset_count',
        type: 'block',
        token: 'LIMIT',
        flags: ['optional'],
        arguments: [
          { name: 'offset', type: 'integer' },
          { name: 'count', type: 'integer' },
        ],
      },
    ],
  },
  zrank: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string' },
    ],
  },
  zrem: {
    since: '1.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string', flags: ['multiple'] },
    ],
  },
  zremrangebylex: {
    since: '2.8.9',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'min', type: 'string' },
      { name: 'max', type: 'string' },
    ],
  },
  zremrangebyrank: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'start', type: 'integer' },
      { name: 'stop', type: 'integer' },
    ],
  },
  zremrangebyscore: {
    since: '1.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'min', type: 'double' },
      { name: 'max', type: 'double' },
    ],
  },
  zrevrange: {
    since: '1.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'start', type: 'integer' },
      { name: 'stop', type: 'integer' },
      { name: 'withscores', type: 'pure-token', token: 'WITHSCORES', flags: ['optional'] },
    ],
  },
  zrevrangebylex: {
    since: '2.8.9',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'max', type: 'string' },
      { name: 'min', type: 'string' },
      {
        name: 'offset_count',
        type: 'block',
        token: 'LIMIT',
        flags: ['optional'],
        arguments: [
          { name: 'offset', type: 'integer' },
          { name: 'count', type: 'integer' },
        ],
      },
    ],
  },
  zrevrangebyscore: {
    since: '2.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'max', type: 'double' },
      { name: 'min', type: 'double' },
      { name: 'withscores', type: 'pure-token', token: 'WITHSCORES', flags: ['optional'] },
      {
        name: 'offset_count',
        type: 'block',
        token: 'LIMIT',
        flags: ['optional'],
        arguments: [
          { name: 'offset', type: 'integer' },
          { name: 'count', type: 'integer' },
        ],
      },
    ],
  },
  zrevrank: {
    since: '2.0.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string' },
    ],
  },
  zscan: {
    since: '2.8.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'cursor', type: 'integer' },
      { name: 'pattern', type: 'pattern', token: 'MATCH', flags: ['optional'] },
      { name: 'count', type: 'integer', token: 'COUNT', flags: ['optional'] },
    ],
  },
  zscore: {
    since: '1.2.0',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'member', type: 'string' },
    ],
  },
  zunion: {
    since: '6.2.0',
    arguments: [
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
      { name: 'weight', type: 'integer', token: 'WEIGHTS', flags: ['optional', 'multiple'] },
      {
        name: 'aggregate',
        type: 'oneof',
        token: 'AGGREGATE',
        flags: ['optional'],
        arguments: [
          { name: 'sum', type: 'pure-token', token: 'SUM' },
          { name: 'min', type: 'pure-token', token: 'MIN' },
          { name: 'max', type: 'pure-token', token: 'MAX' },
        ],
      },
      { name: 'withscores', type: 'pure-token', token: 'WITHSCORES', flags: ['optional'] },
    ],
  },
  zunionstore: {
    since: '2.0.0',
    arguments: [
      { name: 'destination', type: 'key' },
      { name: 'numkeys', type: 'integer' },
      { name: 'key', type: 'key', flags: ['multiple'] },
      { name: 'weight', type: 'integer', token: 'WEIGHTS', flags: ['optional', 'multiple'] },
      {
        name: 'aggregate',
        type: 'oneof',
        token: 'AGGREGATE',
        flags: ['optional'],
        arguments: [
          { name: 'sum', type: 'pure-token', token: 'SUM' },
          { name: 'min', type: 'pure-token', token: 'MIN' },
          { name: 'max', type: 'pure-token', token: 'MAX' },
        ],
      },
    ],
  },
};
