// One JSON Schema per request the lab knows, from the types Slack publishes; the index of all requests at once is more
// than the generator can take, so every file of types is read by itself.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";

const here = dirname(fileURLToPath(import.meta.url));
const requests = resolve(here, "node_modules/@slack/web-api/dist/types/request");
const target = process.argv[2] ? resolve(process.argv[2]) : resolve(here, "../../../../.cache/schemas/slack.json");

const types = {
  agents: { "agents.sessions.setStatus": "AgentsSessionsSetStatusArguments", "agents.sessions.rename": "AgentsSessionsRenameArguments" },
  assistant: {
    "assistant.threads.setStatus": "AssistantThreadsSetStatusArguments",
    "assistant.threads.setSuggestedPrompts": "AssistantThreadsSetSuggestedPromptsArguments",
    "assistant.threads.setTitle": "AssistantThreadsSetTitleArguments",
  },
  auth: { "auth.test": "AuthTestArguments" },
  chat: {
    "chat.postMessage": "ChatPostMessageArguments",
    "chat.postEphemeral": "ChatPostEphemeralArguments",
    "chat.update": "ChatUpdateArguments",
    "chat.delete": "ChatDeleteArguments",
    "chat.startStream": "ChatStartStreamArguments",
    "chat.appendStream": "ChatAppendStreamArguments",
    "chat.stopStream": "ChatStopStreamArguments",
  },
  conversations: {
    "conversations.history": "ConversationsHistoryArguments",
    "conversations.info": "ConversationsInfoArguments",
    "conversations.open": "ConversationsOpenArguments",
    "conversations.replies": "ConversationsRepliesArguments",
  },
  files: {
    "files.getUploadURLExternal": "FilesGetUploadURLExternalArguments",
    "files.completeUploadExternal": "FilesCompleteUploadExternalArguments",
  },
  manifest: { manifest: "Manifest" },
  reactions: { "reactions.add": "ReactionsAddArguments", "reactions.remove": "ReactionsRemoveArguments" },
  users: { "users.info": "UsersInfoArguments" },
  views: {
    "views.open": "ViewsOpenArguments",
    "views.publish": "ViewsPublishArguments",
    "views.push": "ViewsPushArguments",
    "views.update": "ViewsUpdateArguments",
  },
};

const schemas = {};
for (const [file, methods] of Object.entries(types)) {
  const generator = createGenerator({
    path: resolve(requests, `${file}.d.ts`),
    tsconfig: resolve(here, "tsconfig.json"),
    skipTypeCheck: true,
    additionalProperties: false,
  });
  for (const [method, type] of Object.entries(methods)) schemas[method] = generator.createSchema(type);
}

mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, JSON.stringify(schemas));
console.log(`${Object.keys(schemas).length} schemas written`);
