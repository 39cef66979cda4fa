import { doorContract } from './door.ts';
import { openNodeDoor } from './door-world.ts';

doorContract(openNodeDoor);
