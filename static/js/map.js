import { choosePlaces } from "./map/chooser.js";
import { showNeeds } from "./map/needs.js";
import { showPlaces } from "./map/place.js";

choosePlaces();
showNeeds();
showPlaces();
