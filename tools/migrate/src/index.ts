export { migrate, type Migrated, type MigrateOptions } from './migrate.js';
export { migratedDatabase, type MigratedDatabase } from './migrated-database.js';
export { roleMatrix, rooms, type Grant, type Privilege, type Room } from './role-matrix.js';
export { roleName } from './roles.js';
