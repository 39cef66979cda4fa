/** How a call says who asks the registry: with Docker's `AuthConfig` as base64url (see RegistryLogins). */
export interface WithRegistryAuth {
  registryAuth?: string | undefined;
}

export const registryHeaders = ({ registryAuth }: WithRegistryAuth): Record<string, string> =>
  registryAuth === undefined ? {} : { 'x-registry-auth': registryAuth };
