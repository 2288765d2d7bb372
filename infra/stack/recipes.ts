import { elasticsearchRecipe } from './elasticsearch/recipe.ts';
import { kafkaRecipe } from './kafka/recipe.ts';
import type { ServerRecipe } from './recipe.ts';
import { redisRecipe } from './redis/recipe.ts';
import type { ServerName } from './server.ts';

export const recipes: Readonly<Record<ServerName, ServerRecipe>> = {
  kafka: kafkaRecipe,
  elasticsearch: elasticsearchRecipe,
  redis: redisRecipe,
};
