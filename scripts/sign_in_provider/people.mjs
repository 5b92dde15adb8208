// Nobody here exists. The names are those of the demo town; the numbers are synthetic.

import { bornYearsAgo, syntheticNumber } from './numbers.mjs';

const TENANT = '5d1f3c52-0000-4000-8000-000000003312';

const resident = (key, name, number, about) => ({ key, id: number, name, about });

export const residents = () => [
  resident('astrid', 'Astrid Eplegren', '10915596784', 'voksen'),
  resident('bjorn', 'Bjørn Bringebakk', '13527248013', 'voksen'),
  resident('lina', 'Lina Rognebær', '47906701517', 'voksen, med D-nummer'),
  resident('per', 'Per Nypetun', syntheticNumber(new Date(Date.UTC(1990, 3, 12))), 'voksen'),
  resident('mari', 'Mari Moltemyr', syntheticNumber(new Date(Date.UTC(1984, 8, 23)), { dNumber: true }), 'voksen, med D-nummer'),
  resident('jonas', 'Jonas Hasselnøtt', syntheticNumber(bornYearsAgo(13)), '13 år'),
  resident('siri', 'Siri Slåpetorn', syntheticNumber(bornYearsAgo(12)), '12 år'),
];

const employee = (number, key, name, roles) => ({
  key,
  id: `5d1f3c52-0000-4000-8000-00000000000${number}`,
  tenant: TENANT,
  name,
  email: `${key}@demo.example`,
  roles,
  get about() {
    return this.roles.join(', ') || 'ingen roller';
  },
});

export const employees = () => [
  employee(1, 'cecilie', 'Cecilie Kirsebærlund', ['Svarer.Saksbehandler']),
  employee(2, 'dag', 'Dag Pæreskog', ['Svarer.Kommunikasjon']),
  employee(3, 'farid', 'Farid Plommedal', ['Svarer.Administrator']),
  employee(4, 'gry', 'Gry Solbærvik', []),
];
