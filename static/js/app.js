import { saveDrafts } from "./drafts.js";
import { countCharacters } from "./counter.js";
import { focusErrorSummary } from "./errors.js";
import { closeMenuOnEscape } from "./menu.js";
import { fallBackToWholePages } from "./fallback.js";
import { noteOpening } from "./opening.js";
import { previewWhileWriting } from "./preview.js";
import { offerSharing } from "./share.js";
import "htmx.org";

focusErrorSummary();
countCharacters();
saveDrafts();
offerSharing();
noteOpening();
previewWhileWriting();
closeMenuOnEscape();
fallBackToWholePages();
