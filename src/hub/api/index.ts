// The door of the hub's API for pages: types alone, so that nothing of the schemas is loaded.

export type { Act, ActTaken, ActView } from "./acts.ts";
export type { ExamChecked, IssuedExam } from "./issued.ts";
export type { EventBatch, EventsTaken, LearnerEvent, StateView } from "./learner-events.ts";
export type {
  Desk,
  ErrorWord,
  Joined,
  Problem,
  Report,
  RoomChanged,
  RoomOpened,
  SignedIn,
} from "./rooms.ts";
export type { BoardFeed, Bye, LearnerRow, OwnFeed, OwnView, RoomView } from "./views.ts";
export type { To } from "./words.ts";
