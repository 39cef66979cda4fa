import { z } from 'zod';

/**
 * For programs, imported before anything that makes a schema. Zod would compile code for each schema at its first use;
 * what we parse is small and most schemas are used a few times, so that costs more than it ever saves.
 */
z.config({ jitless: true });
