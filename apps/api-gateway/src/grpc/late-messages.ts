import {
  ServerInterceptingCall,
  status as codes,
  type ServerInterceptor,
  type ServerInterceptingCallInterface,
} from '@grpc/grpc-js';

const late = { code: codes.DEADLINE_EXCEEDED, details: 'the message did not arrive in time' };

/** Ends calls whose message takes longer to arrive. */
export const endLateMessages =
  (timeoutMs: number): ServerInterceptor =>
  (_method, call: ServerInterceptingCallInterface) => {
    const timer = setTimeout(() => bounded.sendStatus(late), timeoutMs);
    const arrived = () => clearTimeout(timer);
    const bounded = new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMessage: (message: unknown, go) => {
            arrived();
            go(message);
          },
          onCancel: arrived,
        }),
      sendStatus: (status, next) => {
        arrived();
        next(status);
      },
    });
    return bounded;
  };
