import { doorContract } from './door.ts';
import { openEdgeDoor } from './door-world.ts';

doorContract(openEdgeDoor);
