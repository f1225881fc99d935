// The door of the hub's API for pages: types alone, so that nothing of the schemas is loaded.

export type { Act, ActTaken, ActView } from "./acts.ts";
export type { EventBatch, EventsTaken, LearnerEvent, StateView } from "./learner-events.ts";
export type {
  Desk,
  EndRoom,
  ErrorWord,
  Join,
  Joined,
  KeyIn,
  OpenRoom,
  Problem,
  Report,
  RoomChanged,
  RoomOpened,
  SignedIn,
  SignIn,
} from "./rooms.ts";
export type { BoardFeed, Bye, HandView, LearnerRow, LessonRow, OwnFeed, OwnView, RoomView } from "./views.ts";
export type { To, Verdict } from "./words.ts";
