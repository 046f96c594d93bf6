// SPDX-License-Identifier: Apache-2.0
export {createDatasetAdapter} from './node/adapter.js';
export {cifar10Adapter, cifar100Adapter, mnistAdapter} from './node/adapters.js';
export {dataRoot} from './node/cache-folder.js';
export {downloadFile, type DownloadRequest} from './node/download.js';
export {imageFolderAdapter} from './node/image-folder/adapter.js';
