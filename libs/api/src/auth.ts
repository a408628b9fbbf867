import { Organization } from './about.js';
import { Flag, NestedList, OpenList, Text, TextList } from './property.js';
import { API_VERSION } from './metadata.js';

/** How users prove who they are. */
export class AuthConfig {
  @Text({ oneOf: [API_VERSION] })
  apiVersion: string;

  @OpenList({ description: 'Where tokens are got.' })
  providers: object[];

  @Text({ optional: true, description: 'Its name.' })
  defaultProvider?: string;

  @Flag({ description: 'Whether requests may name an organisation.' })
  organizationsEnabled: boolean;
}

export class Permission {
  @Text()
  resource: string;

  @TextList()
  operations: string[];
}

/** What somebody may do. */
export class PermissionList {
  @NestedList(() => Permission)
  permissions: Permission[];
}

/** Who somebody is, with the members of OpenID Connect. */
export class UserInfo {
  @Text()
  sub: string;

  @Text()
  preferred_username: string;

  @NestedList(() => Organization)
  organizations: Organization[];
}
